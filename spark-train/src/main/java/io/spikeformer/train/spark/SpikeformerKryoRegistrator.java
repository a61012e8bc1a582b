package io.spikeformer.train.spark;

import com.esotericsoftware.kryo.Kryo;
import io.spikeformer.data.spark.DataKryoClasses;
import io.spikeformer.eval.spark.EvalKryoClasses;
import io.spikeformer.train.spark.averaging.MeanPart;
import io.spikeformer.train.spark.averaging.MeanPartSerializer;
import io.spikeformer.train.spark.averaging.Slice;
import io.spikeformer.train.spark.averaging.SliceSerializer;
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
