package io.spikeformer.train.spark;

import com.esotericsoftware.kryo.Kryo;
import io.spikeformer.data.spark.DataKryoClasses;
import io.spikeformer.eval.spark.EvalKryoClasses;
import org.apache.spark.serializer.KryoRegistrator;

/** Registers what travels between driver and executors, for registrationRequired=true. */
public final class SpikeformerKryoRegistrator implements KryoRegistrator {
  @Override
  public void registerClasses(Kryo kryo) {
    kryo.register(Slice.class, new SliceSerializer());
    kryo.register(MeanPart.class, new MeanPartSerializer());
    kryo.register(float[].class);
    for (Class<?> type : DataKryoClasses.all()) {
      kryo.register(type);
    }
    for (Class<?> type : EvalKryoClasses.all()) {
      kryo.register(type);
    }
  }
}
