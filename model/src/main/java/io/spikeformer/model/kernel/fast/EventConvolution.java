package io.spikeformer.model.kernel.fast;

import io.spikeformer.model.kernel.ConvolutionShape;
import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Tensor;
import java.nio.ByteBuffer;

/**
 * Convolution of spikes by additions alone: for each output pixel the rows of the weights that the
 * spikes under its window name are added up. The work grows with the firing rate.
 *
 * <p>Divided among threads by lines of the output; each sum has the same order whatever their
 * number.
 */
final class EventConvolution {
  private static final int MOST_VECTORS = 8;
  // pixels whose events are listed at a time: the list stays in the second level cache
  private static final int PIXELS = 512;

  private static final int STARTS = 0;
  private static final int EVENTS = 1;
  private static final int WINDOW_STARTS = 2;
  private static final int WINDOW_EVENTS = 3;

  private final Team team;
  private final Scratch[] scratch;
  private final KeptWeights kept;
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
    EventWeights arranged = arrange(shape, weights, rounding);
    float[] start = new float[Lanes.roundUp(shape.outputs())];
    if (bias != null) {
      System.arraycopy(bias.toArray(), 0, start, 0, shape.outputs());
    }
    long lines = (long) shape.images() * shape.outputHeight();
    int parts = (int) Math.min(team.size(), lines);
    int groupLines = Math.max(1, PIXELS / shape.outputWidth());
    team.run(
        parts,
        part -> {
          Lines work = new Lines(shape, arranged, start, scratch[part]);
          long end = lines * (part + 1) / parts;
          for (long line = lines * part / parts; line < end; ) {
            int image = (int) (line / shape.outputHeight());
            int first = (int) (line % shape.outputHeight());
            long left = Math.min(end - line, shape.outputHeight() - first);
            int count = (int) Math.min(left, groupLines);
            work.run(spikes, y, image, first, count);
            line += count;
          }
        });
  }

  private EventWeights arrange(ConvolutionShape shape, Tensor weights, DataType rounding) {
    EventWeights lasting =
        kept.find(
            weights.address(),
            EventWeights.class,
            rounding,
            () -> EventWeights.of(team, shape, MOST_VECTORS, null, weights, rounding));
    if (lasting != null) {
      return lasting;
    }
    EventWeights arranged = EventWeights.of(team, shape, MOST_VECTORS, memory, weights, rounding);
    memory = arranged.values();
    return arranged;
  }

  /** Groups of neighbouring lines of one image, on one thread. */
  private static final class Lines {
    private final ConvolutionShape shape;
    private final EventWeights weights;
    private final float[] start;
    private final Scratch scratch;
    private final float[] sum = new float[MOST_VECTORS * Lanes.COUNT];

    Lines(ConvolutionShape shape, EventWeights weights, float[] start, Scratch scratch) {
      this.shape = shape;
      this.weights = weights;
      this.start = start;
      this.scratch = scratch;
    }

    /** Computes so many output lines of an image from the first one on. */
    void run(Tensor spikes, Tensor y, int image, int first, int count) {
      int top = Math.max(0, first * shape.stride() - shape.padding());
      int behind = (first + count - 1) * shape.stride() - shape.padding() + shape.window();
      int bottom = Math.max(top, Math.min(shape.height(), behind));
      int found = list(spikes, image, top, bottom);
      int[] starts = scratch.ints(STARTS, 0);
      int[] events = scratch.ints(EVENTS, 0);
      if (shape.window() > 1 || shape.stride() > 1) {
        int taps = shape.window() * shape.window();
        int[] windowStarts = scratch.ints(WINDOW_STARTS, count * shape.outputWidth() + 1);
        int[] windowEvents = scratch.ints(WINDOW_EVENTS, Math.multiplyExact(found, taps));
        collect(starts, events, top, bottom, first, count, windowStarts, windowEvents);
        starts = windowStarts;
        events = windowEvents;
      }
      int pixels = count * shape.outputWidth();
      long line = (long) image * shape.outputHeight() + first;
      ByteBuffer target =
          y.bytes(line * shape.outputWidth() * shape.outputs(), (long) pixels * shape.outputs());
      for (EventWeights.Block block : weights.blocks()) {
        add(block, starts, events, pixels, y.type(), target);
      }
    }

    /** Lists the spikes of the input lines [top, bottom). */
    private int list(Tensor spikes, int image, int top, int bottom) {
      int pixels = (bottom - top) * shape.width();
      long elements = (long) pixels * shape.inputs();
      long from = ((long) image * shape.height() + top) * shape.width() * shape.inputs();
      ByteBuffer bits = spikes.bytes(from, elements);
      int found = (int) Events.count(bits, (int) (elements / Byte.SIZE));
      int[] starts = scratch.ints(STARTS, pixels + 1);
      int[] events = scratch.ints(EVENTS, found);
      int step = shape.window() > 1 ? shape.inputs() : 0;
      return Events.list(bits, shape.inputs(), 0, pixels, step, shape.width(), starts, events);
    }

    /** From the events of the input pixels to those under the window of each output pixel. */
    private void collect(
        int[] starts,
        int[] events,
        int top,
        int bottom,
        int first,
        int count,
        int[] windowStarts,
        int[] windowEvents) {
      int at = 0;
      int pixel = 0;
      for (int oy = first; oy < first + count; oy++) {
        int above = oy * shape.stride() - shape.padding();
        for (int ox = 0; ox < shape.outputWidth(); ox++) {
          windowStarts[pixel++] = at;
          int beside = ox * shape.stride() - shape.padding();
          int left = Math.max(0, beside);
          int right = Math.max(left, Math.min(shape.width(), beside + shape.window()));
          for (int y = Math.max(top, above); y < Math.min(bottom, above + shape.window()); y++) {
            int line = (y - top) * shape.width();
            // the row of an event's weights, less the place of the event in its line
            int row = ((y - above) * shape.window() - beside) * shape.inputs();
            row = shape.window() > 1 ? row : 0;
            int end = starts[line + right];
            for (int i = starts[line + left]; i < end; i++) {
              windowEvents[at++] = events[i] + row;
            }
          }
        }
      }
      windowStarts[pixel] = at;
    }

    private void add(
        EventWeights.Block block,
        int[] starts,
        int[] events,
        int pixels,
        DataType type,
        ByteBuffer target) {
      float[] values = weights.values();
      int outputs = Math.min(block.width(), shape.outputs() - block.first());
      for (int pixel = 0; pixel < pixels; pixel++) {
        EventArrays.sum(
            values,
            block.base(),
            block.width(),
            events,
            starts[pixel],
            starts[pixel + 1],
            start,
            block.first(),
            sum);
        Lanes.store(type, target, pixel * shape.outputs() + block.first(), sum, 0, outputs);
      }
    }
  }
}
