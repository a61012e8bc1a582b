package io.spikeformer.model.optim;

import io.spikeformer.common.Text;
import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Tensor;
import java.util.List;
import java.util.stream.Stream;

/**
 * The memory of an optimizer: the number of steps taken and its moments, each a flat vector in the
 * layout of the model's state (zero where nothing is trained).
 */
public final class OptimizerState implements AutoCloseable {
  private final List<Tensor> moments;
  private long step;

  /**
   * Zeroed moments before the first step.
   *
   * @param count number of moments
   * @param length elements of each: that of the model's state
   */
  public OptimizerState(int count, long length) {
    this.moments =
        Stream.generate(() -> Tensor.allocate(DataType.FLOAT32, length)).limit(count).toList();
    moments.forEach(Tensor::zero);
  }

  /** Steps taken so far. */
  public long step() {
    return step;
  }

  /** The moments: first and second of LAMB and AdamW, the momentum buffer of SGD. */
  public List<Tensor> moments() {
    return moments;
  }

  /**
   * Continues with the values that the moments hold now.
   *
   * @param newStep steps taken, &gt;= 0
   */
  public void continueAt(long newStep) {
    if (newStep < 0) {
      throw new IllegalArgumentException(
          Text.format("optimizer state: expected a step >= 0, found %s", newStep));
    }
    step = newStep;
  }

  /** Moments of zero before the first step. */
  public void clear() {
    moments.forEach(Tensor::zero);
    step = 0;
  }

  /** Counts a step and returns its number, from 1. */
  long advance() {
    return ++step;
  }

  @Override
  public void close() {
    moments.forEach(Tensor::close);
  }
}
