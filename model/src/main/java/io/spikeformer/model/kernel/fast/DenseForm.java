package io.spikeformer.model.kernel.fast;

import io.spikeformer.model.kernel.ConvolutionShape;
import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.fast.ConvolutionPrimitive.Direction;
import java.util.List;
import org.bytedeco.dnnl.global.dnnl;

/**
 * The form of a dense product with spikes, and the firing rate below which events win against it
 * (docs/performance.md). Rates above those of the form are computed densely.
 */
enum DenseForm {
  /** In float32, by vectors. */
  FLOAT32,
  /** In bfloat16, by vectors. */
  BFLOAT16,
  /** In bfloat16, by tiles of AMX. */
  TILES,
  /** In float32 as three products in bfloat16, by tiles of AMX. */
  TERMS;

  private static final int NARROW = 64;
  // fewer terms of a sum are read and written more slowly than they are multiplied
  private static final int WINDOW_TERMS = 256;
  private static final int POINTWISE_TERMS = 128;
  // longer lines of gradients leave the first level cache
  private static final int LONG_LINE = 128;

  /** Whether the processor has AMX for bfloat16, and oneDNN may use it. */
  static boolean hasTiles() {
    int amx = dnnl.dnnl_cpu_isa_avx512_core_amx;
    return (dnnl.dnnl_get_effective_cpu_isa() & amx) == amx;
  }

  /**
   * The form of a product.
   *
   * @param dense type of its operands, FLOAT32 or BFLOAT16
   * @param tiles whether there is AMX
   */
  static DenseForm of(Direction direction, ConvolutionShape shape, DataType dense, boolean tiles) {
    if (!tiles) {
      return dense == DataType.FLOAT32 ? FLOAT32 : BFLOAT16;
    }
    if (dense == DataType.BFLOAT16) {
      return TILES;
    }
    boolean pays =
        switch (direction) {
          case FORWARD ->
              shape.window() == 1
                  ? shape.inputs() >= POINTWISE_TERMS
                  : shape.inputs() * shape.window() * shape.window() >= WINDOW_TERMS;
          case BACKWARD_WEIGHTS -> shape.window() > 1 && shape.inputs() >= NARROW;
          case BACKWARD_DATA -> false;
        };
    return pays && !shape.depthwise() ? TERMS : FLOAT32;
  }

  /** The terms of the operand that is no spikes. */
  List<HalfTerm> terms() {
    return this == TERMS ? HalfTerm.THREE : HalfTerm.ONE;
  }

  /**
   * Firing rate, or mean integer, below which events win forward.
   *
   * @param planes 1 for spikes, D for integers, whose events take longer to list
   */
  double forwardCrossover(ConvolutionShape shape, int planes) {
    boolean narrow = shape.outputs() < NARROW;
    boolean integers = planes > 1;
    return switch (this) {
      case FLOAT32 -> {
        if (integers && shape.window() == 1 && shape.inputs() < POINTWISE_TERMS) {
          yield 0.1;
        }
        yield narrow ? 0.28 : 0.4;
      }
      case BFLOAT16 -> narrow ? 0.15 : 0.17;
      case TILES -> 0.01;
      case TERMS -> {
        if (shape.window() == 1) {
          yield 0.2;
        }
        boolean few = shape.outputs() <= NARROW;
        yield integers ? few ? 0.1 : 0.15 : few ? 0.15 : 0.2;
      }
    };
  }

  /**
   * As {@link #forwardCrossover}, for the gradient of the weights.
   *
   * @param planes 1 for spikes, D for integers
   */
  double gradientCrossover(ConvolutionShape shape, int planes) {
    boolean pointwise = shape.window() == 1;
    return switch (this) {
      case FLOAT32 -> {
        if (shape.outputWidth() > LONG_LINE) {
          yield 0.02;
        }
        yield pointwise
            ? shape.inputs() < POINTWISE_TERMS ? 0.01 : 0.22
            : shape.inputs() < NARROW ? 0.12 : 0.45;
      }
      case BFLOAT16 -> pointwise ? 0.12 : 0.2;
      case TILES -> pointwise ? 0.01 : 0.03;
      case TERMS -> shape.outputWidth() > LONG_LINE ? 0.06 : planes > 1 ? 0.2 : 0.28;
    };
  }
}
