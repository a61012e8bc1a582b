package io.spikeformer.data.spark;

import io.spikeformer.data.source.RawSample;
import io.spikeformer.data.source.SourcePart;

/** The classes that the conversion sends through Kryo, for runs with registration required. */
public final class DataKryoClasses {
  private DataKryoClasses() {}

  /** The classes to give to {@code SparkConf.registerKryoClasses}. */
  public static Class<?>[] all() {
    return new Class<?>[] {
      SourcePart.class,
      ShardKey.class,
      CheckedShard.class,
      RawSample.class,
      String[].class,
      long[].class,
      long[][].class,
      int[].class,
      byte[].class,
      byte[][].class
    };
  }
}
