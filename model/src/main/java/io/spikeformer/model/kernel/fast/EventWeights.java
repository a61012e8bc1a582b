package io.spikeformer.model.kernel.fast;

import io.spikeformer.model.kernel.ConvolutionShape;
import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Tensor;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Weights in the order in which events read them: blocks of outputs, in each block groups of input
 * channels. So the weights of one event lie side by side, and those of many events lie close.
 *
 * <p>PyTorch's order is [outputs, inputs, k, k]; here [block][group][i][input][k - 1 - j][width].
 * The last outputs of a number that is no multiple of a vector are filled up with zeros.
 */
final class EventWeights {
  /**
   * Where matrices begin in an array: on a cache line, if the array stands at the beginning of a
   * region of the garbage collector, as large ones do under G1. Additions of rows that straddle
   * lines take 1.4 times as long.
   */
  static final int ALIGNED = 12;

  /** Floats of an array that is large enough for a region of its own in heaps up to 16 GB. */
  static final int LARGE = 1 << 20;

  private static final int TILE = 16;

  private final ConvolutionShape shape;
  private final int group;
  private final List<Block> blocks = new ArrayList<>();
  private final float[] values;

  /**
   * Neighbouring outputs.
   *
   * @param first first output
   * @param width outputs, whole vectors
   * @param base where the block's rows begin
   */
  record Block(int first, int width, int base) {}

  /**
   * How weights are divided.
   *
   * @param vectors most vectors of a block: a power of 2
   * @param group input channels of a group, a multiple of 8
   */
  record Layout(int vectors, int group) {}

  private EventWeights(ConvolutionShape shape, Layout layout, float[] values, int base) {
    this.shape = shape;
    this.group = layout.group;
    this.values = values;
    int vectors = vectors(shape);
    int first = 0;
    for (int width = layout.vectors; width >= 1; width /= 2) {
      while (vectors - first >= width) {
        int at = base + first * Lanes.COUNT * rows(shape);
        blocks.add(new Block(first * Lanes.COUNT, width * Lanes.COUNT, at));
        first += width;
      }
    }
  }

  private static int vectors(ConvolutionShape shape) {
    return Lanes.roundUp(shape.outputs()) / Lanes.COUNT;
  }

  /** Floats that the weights take, whole cache lines of vectors. */
  static int length(ConvolutionShape shape) {
    return Math.multiplyExact(vectors(shape) * Lanes.COUNT, rows(shape));
  }

  /** Undefined values in an array of at least {@link #ALIGNED} and {@link #length} floats. */
  static EventWeights undefined(ConvolutionShape shape, Layout layout, float[] memory) {
    return new EventWeights(shape, layout, memory, ALIGNED);
  }

  /**
   * Weights of PyTorch's order, rounded to a type, times a unit.
   *
   * @param memory receives them
   * @param base where they begin there
   * @param unit a power of 2
   */
  static EventWeights of(
      Team team,
      ConvolutionShape shape,
      Layout layout,
      float[] memory,
      int base,
      Tensor weights,
      DataType rounding,
      float unit) {
    EventWeights arranged = new EventWeights(shape, layout, memory, base);
    arranged.read(team, weights, rounding, unit);
    return arranged;
  }

  /** Rows of a block. */
  static int rows(ConvolutionShape shape) {
    return shape.window() * shape.window() * shape.inputs();
  }

  /** Whether the taps of a line of the window can be added as one row: EventArrays has it. */
  static boolean together(ConvolutionShape shape) {
    return shape.stride() == 1 && (shape.window() == 1 || shape.window() == 3);
  }

  /** Input channels of a group, except the last one. */
  int group() {
    return group;
  }

  int groups() {
    return (shape.inputs() + group - 1) / group;
  }

  /** Where the rows of line i of the window begin in a group of a block. */
  int base(Block block, int index, int i) {
    int channel = index * group;
    int channels = Math.min(group, shape.inputs() - channel);
    int before = shape.window() * (channel * shape.window() + i * channels);
    return block.base + before * block.width;
  }

  /** Sets the values of a block to zero. */
  void clear(Block block) {
    Arrays.fill(values, block.base, block.base + rows(shape) * block.width, 0);
  }

  List<Block> blocks() {
    return blocks;
  }

  float[] values() {
    return values;
  }

  /** Fills in weights of PyTorch's order, rounded to a type, times a unit. */
  private void read(Team team, Tensor weights, DataType rounding, float unit) {
    forEachVector(
        team,
        (block, output, count) -> {
          int row = rows(shape);
          FloatBuffer source =
              weights.bytes((long) output * row, (long) count * row).asFloatBuffer();
          float[] tile = new float[TILE * Lanes.COUNT];
          for (int from = 0; from < row; from += TILE) {
            int length = Math.min(TILE, row - from);
            for (int lane = 0; lane < count; lane++) {
              for (int i = 0; i < length; i++) {
                tile[i * Lanes.COUNT + lane] = source.get(lane * row + from + i);
              }
            }
            if (rounding == DataType.BFLOAT16) {
              round(tile);
            }
            multiply(tile, unit);
            for (int i = 0; i < length; i++) {
              int to = at(block, output, from + i);
              System.arraycopy(tile, i * Lanes.COUNT, values, to, Lanes.COUNT);
            }
          }
        });
  }

  /** Writes what is here in PyTorch's order, times a unit. */
  void write(Team team, Tensor weights, float unit) {
    forEachVector(
        team,
        (block, output, count) -> {
          int row = rows(shape);
          FloatBuffer target =
              weights.bytes((long) output * row, (long) count * row).asFloatBuffer();
          float[] tile = new float[TILE * Lanes.COUNT];
          for (int from = 0; from < row; from += TILE) {
            int length = Math.min(TILE, row - from);
            for (int i = 0; i < length; i++) {
              int source = at(block, output, from + i);
              System.arraycopy(values, source, tile, i * Lanes.COUNT, Lanes.COUNT);
            }
            multiply(tile, unit);
            for (int lane = 0; lane < count; lane++) {
              for (int i = 0; i < length; i++) {
                target.put(lane * row + from + i, tile[i * Lanes.COUNT + lane]);
              }
            }
          }
        });
  }

  private static void multiply(float[] values, float unit) {
    for (int i = 0; unit != 1 && i < values.length; i++) {
      values[i] *= unit;
    }
  }

  private static void round(float[] values) {
    for (int i = 0; i < values.length; i++) {
      values[i] = DataType.fromBfloat16(DataType.toBfloat16(values[i]));
    }
  }

  /** Where the weight of a place in PyTorch's row [inputs, k, k] of an output stands here. */
  private int at(Block block, int output, int place) {
    int window = shape.window();
    int tap = place % (window * window);
    int channel = place / (window * window);
    int inGroup = channel % group;
    int row = inGroup * window + window - 1 - tap % window;
    return base(block, channel / group, tap / window) + row * block.width + output - block.first;
  }

  /** The operation on one vector of outputs. */
  private interface Visitor {
    void visit(Block block, int output, int count);
  }

  private void forEachVector(Team team, Visitor visitor) {
    int vectors = Lanes.roundUp(shape.outputs()) / Lanes.COUNT;
    int parts = Math.min(team.size(), vectors);
    team.run(
        parts,
        part -> {
          for (Block block : blocks) {
            for (int i = 0; i < block.width; i += Lanes.COUNT) {
              int output = block.first + i;
              if (output / Lanes.COUNT * parts / vectors == part) {
                visitor.visit(block, output, Math.min(Lanes.COUNT, shape.outputs() - output));
              }
            }
          }
        });
  }
}
