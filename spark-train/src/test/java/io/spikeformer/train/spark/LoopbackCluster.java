package io.spikeformer.train.spark;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.master.Master$;
import org.apache.spark.deploy.worker.Worker$;
import org.apache.spark.rpc.RpcEnv;
import scala.Option;

/**
 * A standalone cluster whose workers have a loopback address each. Spark's local-cluster has one
 * host for all, and never runs a speculative copy on the host of the original.
 */
final class LoopbackCluster implements AutoCloseable {
  private final List<RpcEnv> parts = new ArrayList<>();
  private final String master;

  LoopbackCluster(int workers, int cores, int megabytes, Path folder) {
    SparkConf conf = new SparkConf().set("spark.master.rest.enabled", "false");
    RpcEnv first = (RpcEnv) Master$.MODULE$.startRpcEnvAndEndpoint("127.0.0.1", 0, 0, conf)._1();
    master = "spark://" + first.address().hostPort();
    parts.add(first);
    for (int i = 1; i <= workers; i++) {
      parts.add(
          Worker$.MODULE$.startRpcEnvAndEndpoint(
              "127.0.0." + (i + 1),
              0,
              0,
              cores,
              megabytes,
              new String[] {master},
              folder.resolve("worker" + i).toString(),
              Option.apply(i),
              conf,
              Option.empty()));
    }
  }

  /** For spark.master. */
  String master() {
    return master;
  }

  @Override
  public void close() {
    for (int i = parts.size() - 1; i >= 0; i--) {
      parts.get(i).shutdown();
      parts.get(i).awaitTermination();
    }
  }
}
