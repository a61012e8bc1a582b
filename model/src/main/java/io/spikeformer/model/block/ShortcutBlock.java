package io.spikeformer.model.block;

import io.spikeformer.model.kernel.Tensor;
import java.util.function.ObjIntConsumer;

/** A block that consists of branches under residual connections. */
abstract class ShortcutBlock extends SingleInputBlock {
  ShortcutBlock(String name) {
    super(name);
  }

  abstract Residuals residuals();

  @Override
  public final int largestSum(int received, ObjIntConsumer<String> reads) {
    return residuals().largestSum(received, reads);
  }

  @Override
  final Tensor run(Pass pass, Tensor u) {
    return residuals().run(pass, u);
  }

  @Override
  final Tensor backwardInput(Pass pass, Tensor gradient) {
    return residuals().backward(pass, gradient);
  }
}
