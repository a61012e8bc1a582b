package io.spikeformer.benchmarks;

import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.model.kernel.OptimizerKernels;
import io.spikeformer.model.kernel.Tensor;
import java.util.List;

/** Optimizer arithmetic on the parameters of the 15M model. */
final class OptimizerSubjects {
  private static final int LENGTH = 15_000_000;
  private static final float BETA1 = 0.9f;
  private static final float BETA2 = 0.999f;
  private static final float EPSILON = 1e-8f;
  private static final float RATE = 1e-4f;
  private static final float DECAY = 0.05f;

  private OptimizerSubjects() {}

  /** One kernel on vectors of parameters: the first four are as long as the model. */
  private interface Step {
    void run(OptimizerKernels optimizer, Tensor w, Tensor g, Tensor first, Tensor second);
  }

  static List<Subject> all() {
    return List.of(
        subject(
            "moments",
            5,
            (optimizer, w, g, first, second) ->
                optimizer.moments(g, 1, BETA1, BETA2, first, second)),
        subject(
            "adamStep",
            4,
            (optimizer, w, g, first, second) ->
                optimizer.adamStep(w, first, second, 1, 1, EPSILON, RATE, DECAY)),
        subject(
            "lambDirection",
            4,
            (optimizer, w, g, first, second) ->
                optimizer.lambDirection(w, first, second, 1, 1, EPSILON, DECAY, g)),
        subject(
            "momentum",
            4,
            (optimizer, w, g, first, second) -> optimizer.momentum(g, 1, w, DECAY, BETA1, first)),
        subject(
            "addScaled",
            3,
            (optimizer, w, g, first, second) -> optimizer.addScaled(w, -RATE * RATE, g)),
        subject("sumOfSquares", 1, (optimizer, w, g, first, second) -> optimizer.sumOfSquares(g)),
        subject("allFinite", 1, (optimizer, w, g, first, second) -> optimizer.allFinite(g)));
  }

  private static Subject subject(String kernel, int passes, Step step) {
    Work work = Work.moving((long) LENGTH * passes, DataType.FLOAT32);
    return new Subject(
        kernel,
        "optimizer 15M float32",
        DataType.FLOAT32,
        work,
        (kernels, operands) -> prepare(kernels, operands, step));
  }

  private static Runnable prepare(Kernels kernels, Operands operands, Step step) {
    Tensor weights = operands.normal(DataType.FLOAT32, LENGTH);
    Tensor gradient = operands.normal(DataType.FLOAT32, LENGTH);
    Tensor first = operands.zeros(DataType.FLOAT32, LENGTH);
    Tensor second = operands.zeros(DataType.FLOAT32, LENGTH);
    OptimizerKernels optimizer = kernels.optimizer();
    return () -> step.run(optimizer, weights, gradient, first, second);
  }
}
