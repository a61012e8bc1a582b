package io.spikeformer.eval.spark;

import io.spikeformer.model.checkpoint.Arithmetic;
import io.spikeformer.model.kernel.Kernels;
import java.io.Serializable;
import org.apache.spark.SparkEnv;

/**
 * The arithmetic of an executor.
 *
 * @param host its host, as Spark names it
 * @param arithmetic of its kernels
 */
public record ExecutorArithmetic(String host, Arithmetic arithmetic) implements Serializable {
  /** Of the executor that runs this. */
  public static ExecutorArithmetic here(Kernels kernels, int threads) {
    String host = SparkEnv.get().blockManager().blockManagerId().host();
    return new ExecutorArithmetic(host, Arithmetic.of(kernels, threads));
  }
}
