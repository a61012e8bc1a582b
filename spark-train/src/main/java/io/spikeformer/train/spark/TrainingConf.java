package io.spikeformer.train.spark;

import org.apache.spark.SparkConf;
import org.apache.spark.util.Utils;

/** Settings of Spark that a training is faster with; what was given otherwise stays. */
public final class TrainingConf {
  private TrainingConf() {}

  /** Fills in what a configuration leaves open; its master must be set. */
  public static SparkConf fill(SparkConf conf) {
    // float32 values do not become smaller, and trying costs more than sending them
    conf.setIfMissing("spark.shuffle.compress", "false");
    conf.setIfMissing("spark.shuffle.spill.compress", "false");
    // every slice carries its own checksum, which is compared before the mean is used
    conf.setIfMissing("spark.shuffle.checksum.enabled", "false");
    // else a worker's state is written to one file for each partition and all of it copied again
    conf.setIfMissing("spark.shuffle.sort.bypassMergeThreshold", "0");
    if (conf.get("spark.master").startsWith("local-cluster")) {
      // as its executors call this host: blocks are read from files only where the names agree
      conf.setIfMissing("spark.driver.host", Utils.localHostName());
    }
    return conf;
  }
}
