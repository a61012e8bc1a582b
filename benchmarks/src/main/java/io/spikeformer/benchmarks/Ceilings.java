package io.spikeformer.benchmarks;

import io.spikeformer.model.kernel.ConvolutionShape;
import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.model.kernel.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The limits of the machine at this moment, on the threads of the kernels. They are the rate of a
 * large dense oneDNN product and that of a triad over memory that no cache holds.
 */
final class Ceilings implements AutoCloseable {
  /** The dense product that oneDNN is best at: 9.2 GFLOP on operands of a few MiB. */
  private static final ConvolutionShape PRODUCT =
      new ConvolutionShape(8, 28, 28, 256, 256, 3, 1, 1, false);

  /** Three vectors of 128 MiB. */
  private static final int TRIAD_LENGTH = 32 << 20;

  private static final int CALLS = 3;

  private final Operands operands = new Operands();
  private final Runnable product;
  private final ExecutorService threads;
  private final List<Callable<Void>> triad = new ArrayList<>();

  Ceilings(Kernels kernels, DataType type) {
    long pixels = (long) PRODUCT.images() * PRODUCT.height() * PRODUCT.width();
    int window = PRODUCT.window();
    Tensor x = operands.normal(type, pixels, PRODUCT.inputs());
    Tensor weights =
        operands.normal(DataType.FLOAT32, PRODUCT.outputs(), PRODUCT.inputs(), window, window);
    Tensor y = operands.zeros(type, pixels, PRODUCT.outputs());
    product = () -> kernels.convolution(PRODUCT, x, weights, null, y);

    threads = Executors.newFixedThreadPool(kernels.threads());
    float[] a = new float[TRIAD_LENGTH];
    float[] b = filled();
    float[] c = filled();
    for (int i = 0; i < kernels.threads(); i++) {
      int from = (int) ((long) TRIAD_LENGTH * i / kernels.threads());
      int to = (int) ((long) TRIAD_LENGTH * (i + 1) / kernels.threads());
      triad.add(
          () -> {
            triad(a, b, c, from, to);
            return null;
          });
    }
  }

  private static float[] filled() {
    float[] values = new float[TRIAD_LENGTH];
    Arrays.fill(values, 1);
    return values;
  }

  private static void triad(float[] a, float[] b, float[] c, int from, int to) {
    for (int i = from; i < to; i++) {
      a[i] = b[i] + 3 * c[i];
    }
  }

  /** GFLOP/s of the dense product. */
  double productRate() {
    return 2.0 * PRODUCT.macs() / best(product) / 1e9;
  }

  /** GB/s of the triad, reading and writing counted once each. */
  double memoryRate() {
    return Work.bytes(3L * TRIAD_LENGTH, DataType.FLOAT32) / best(this::runTriad) / 1e9;
  }

  private void runTriad() {
    try {
      for (Future<Void> part : threads.invokeAll(triad)) {
        part.get();
      }
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException("the triad did not run to its end", e);
    }
  }

  private static double best(Runnable call) {
    double best = Double.MAX_VALUE;
    for (int i = 0; i < CALLS; i++) {
      long began = System.nanoTime();
      call.run();
      best = Math.min(best, (System.nanoTime() - began) / 1e9);
    }
    return best;
  }

  @Override
  public void close() {
    threads.shutdown();
    operands.close();
  }
}
