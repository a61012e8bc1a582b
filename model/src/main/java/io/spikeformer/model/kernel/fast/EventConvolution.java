package io.spikeformer.model.kernel.fast;

import io.spikeformer.model.kernel.ConvolutionShape;
import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Tensor;
import io.spikeformer.model.kernel.fast.EventWeights.Layout;
import java.util.List;

/**
 * Convolution of spikes by additions alone: every spike adds its row of the weights to the outputs
 * that its pixel reaches. The work grows with the firing rate.
 *
 * <p>Divided among threads by lines of the output; each sum has the same order for any number of
 * them.
 */
final class EventConvolution {
  // up to this rate rows are wide and lie in the second level cache; above, the rows of few
  // channels and outputs at a time are read so often that the first level pays. Processors with AMX
  // have a second level of 2 MB, where wide rows are faster at every rate
  private static final double SPARSE = DenseForm.hasTiles() ? Double.POSITIVE_INFINITY : 0.12;
  private static final int MANY_OUTPUTS = 128;
  private static final Layout WIDE = new Layout(4, 128);
  private static final Layout NEAR = new Layout(2, 32);

  // output pixels whose sums and events are at hand at a time
  private static final int PIXELS = 512;

  private final Team team;
  private final Scratch[] scratch;
  private final KeptWeights kept;
  private final Slab slab = new Slab();
  private float[] memory = new float[EventWeights.LARGE];

  EventConvolution(Team team, Scratch[] scratch, KeptWeights kept) {
    this.team = team;
    this.kept = kept;
    this.scratch = scratch;
  }

  /**
   * y = spikes * weights + bias.
   *
   * @param spikes bits
   * @param bias may be null
   * @param rounding what the weights are rounded to
   */
  void forward(
      ConvolutionShape shape,
      Tensor spikes,
      Tensor weights,
      Tensor bias,
      Tensor y,
      DataType rounding) {
    EventWeights arranged = arrange(shape, layout(shape, spikes), weights, rounding, spikes.unit());
    float[] start = new float[Lanes.roundUp(shape.outputs())];
    if (bias != null) {
      System.arraycopy(bias.toArray(), 0, start, 0, shape.outputs());
    }
    long lines = (long) shape.images() * shape.outputHeight();
    int parts = (int) Math.min(team.size(), lines);
    int atATime = Math.max(1, PIXELS / shape.outputWidth());
    team.run(
        parts,
        part -> {
          EventLines work = new EventLines(shape, arranged, start, scratch[part]);
          long end = lines * (part + 1) / parts;
          for (long line = lines * part / parts; line < end; ) {
            int image = (int) (line / shape.outputHeight());
            int first = (int) (line % shape.outputHeight());
            long left = Math.min(end - line, shape.outputHeight() - first);
            int count = (int) Math.min(left, atATime);
            work.run(spikes, y, image, first, count);
            line += count;
          }
        });
  }

  private static Layout layout(ConvolutionShape shape, Tensor spikes) {
    boolean near =
        shape.window() > 1
            && shape.outputs() >= MANY_OUTPUTS
            && Events.count(spikes) > SPARSE * spikes.elements();
    return near ? NEAR : WIDE;
  }

  private EventWeights arrange(
      ConvolutionShape shape, Layout layout, Tensor weights, DataType rounding, float unit) {
    Object key = List.of(rounding, unit);
    Lasting lasting = kept.find(weights.address(), Lasting.class, key, () -> new Lasting(shape));
    if (lasting != null) {
      return lasting.in(layout, weights, rounding, unit);
    }
    int length = EventWeights.ALIGNED + EventWeights.length(shape);
    if (memory.length < length) {
      memory = new float[length];
    }
    return EventWeights.of(
        team, shape, layout, memory, EventWeights.ALIGNED, weights, rounding, unit);
  }

  /**
   * Kept weights. They are arranged anew where they lie when a layer's rate asks for another
   * layout: to keep both would take the memory twice.
   */
  private final class Lasting implements AutoCloseable {
    private final ConvolutionShape shape;
    private final float[] array;
    private final int base;
    private Layout layout;
    private EventWeights arranged;

    Lasting(ConvolutionShape shape) {
      this.shape = shape;
      base = slab.take(EventWeights.length(shape));
      array = slab.array;
    }

    EventWeights in(Layout wanted, Tensor weights, DataType rounding, float unit) {
      if (!wanted.equals(layout)) {
        arranged = EventWeights.of(team, shape, wanted, array, base, weights, rounding, unit);
        layout = wanted;
      }
      return arranged;
    }

    @Override
    public void close() {
      // the values are the garbage collector's
    }
  }

  /** Memory for kept weights, one behind the other: arrays of their own would not be aligned. */
  private static final class Slab {
    private float[] array = new float[0];
    private int used;

    /** Reserves so many floats, whole cache lines, of {@link #array}; returns where they begin. */
    int take(int length) {
      if (array.length - used < length) {
        int whole = Math.addExact(EventWeights.ALIGNED, length);
        array = new float[Math.max(EventWeights.LARGE, whole)];
        used = EventWeights.ALIGNED;
      }
      int at = used;
      used += length;
      return at;
    }
  }
}
