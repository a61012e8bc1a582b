package io.spikeformer.train.spark;

import java.nio.file.Path;
import org.apache.spark.SparkConf;

/** Spark as the tests run it: Kryo with registration required, no web page. */
public final class SparkTests {
  private SparkTests() {}

  public static SparkConf conf(String master) {
    String jvmOptions =
        Path.of(System.getProperty("spikeformer.root"), "conf/jvm.options").toString();
    return TrainingConf.fill(new SparkConf().setMaster(master))
        .setAppName("test")
        .set("spark.ui.enabled", "false")
        .set("spark.serializer", "org.apache.spark.serializer.KryoSerializer")
        .set("spark.kryo.registrationRequired", "true")
        .set("spark.kryo.registrator", SpikeformerKryoRegistrator.class.getName())
        .set("spark.executor.extraClassPath", System.getProperty("java.class.path"))
        .set("spark.executor.extraJavaOptions", "@" + jvmOptions)
        .set("spark.executorEnv.OMP_NUM_THREADS", "1");
  }
}
