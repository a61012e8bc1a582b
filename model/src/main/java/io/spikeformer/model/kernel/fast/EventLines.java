package io.spikeformer.model.kernel.fast;

import io.spikeformer.model.kernel.ConvolutionShape;
import io.spikeformer.model.kernel.Tensor;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Output lines of a convolution of spikes on one thread. The sums of some neighbouring lines lie in
 * an array while the spikes under them add their rows of the weights, group by group of input
 * channels and line by line of the window.
 *
 * <p>At stride 1 the outputs that a pixel reaches in one line of the window are neighbours, and so
 * are the weights of these taps: one long row for each spike.
 */
final class EventLines {
  private static final int SUMS = 41;
  private static final int STARTS = 0;
  private static final int EVENTS = 1;

  private final ConvolutionShape shape;
  private final EventWeights weights;
  private final float[] start;
  private final Scratch scratch;
  private final boolean together;
  // sums of a line: the window reaches over both ends
  private final int line;
  private int top;
  private int bottom;

  /**
   * Lines of a convolution.
   *
   * @param start initial values of the sums, of every output
   */
  EventLines(ConvolutionShape shape, EventWeights weights, float[] start, Scratch scratch) {
    this.shape = shape;
    this.weights = weights;
    this.start = start;
    this.scratch = scratch;
    this.together = EventWeights.together(shape);
    this.line = Math.max(shape.width() + shape.padding(), shape.outputWidth()) + shape.window() - 1;
  }

  /** Computes so many output lines of an image from the first one on. */
  void run(Tensor spikes, Tensor y, int image, int first, int count) {
    top = Math.max(0, first * shape.stride() - shape.padding());
    int behind = (first + count - 1) * shape.stride() - shape.padding() + shape.window();
    bottom = Math.max(top, Math.min(shape.height(), behind));
    list(spikes, image);
    long pixel = ((long) image * shape.outputHeight() + first) * shape.outputWidth();
    int pixels = count * shape.outputWidth();
    ByteBuffer target = y.bytes(pixel * shape.outputs(), (long) pixels * shape.outputs());
    for (EventWeights.Block block : weights.blocks()) {
      int length = EventWeights.ALIGNED + count * line * block.width();
      float[] sums = scratch.array(SUMS, Math.max(length, EventWeights.LARGE));
      begin(block, count, sums);
      for (int group = 0; group < weights.groups(); group++) {
        for (int i = 0; i < shape.window(); i++) {
          add(block, group, i, first, count, sums);
        }
      }
      store(block, count, sums, y, target);
    }
  }

  /** Lists the spikes of the input lines [top, bottom), each group of channels for itself. */
  private void list(Tensor spikes, int image) {
    int pixels = (bottom - top) * shape.width();
    long elements = (long) pixels * shape.inputs();
    long from = ((long) image * shape.height() + top) * shape.width() * shape.inputs();
    ByteBuffer bits = spikes.bytes(from, elements);
    int[] starts = scratch.ints(STARTS, weights.groups() * (pixels + 1));
    int[] events = scratch.ints(EVENTS, (int) Events.count(bits, bits.limit()));
    int found = 0;
    for (int group = 0; group < weights.groups(); group++) {
      int channel = group * weights.group();
      int behind = Math.min(channel + weights.group(), shape.inputs());
      int at = group * (pixels + 1);
      found = Events.list(bits, spikes, channel, behind, pixels, starts, at, events, found);
    }
  }

  private void begin(EventWeights.Block block, int count, float[] sums) {
    int width = block.width();
    if (Arrays.equals(start, block.first(), block.first() + width, new float[width], 0, width)) {
      Arrays.fill(sums, 0, EventWeights.ALIGNED + count * line * width, 0);
      return;
    }
    for (int pixel = 0; pixel < count * line; pixel++) {
      System.arraycopy(start, block.first(), sums, EventWeights.ALIGNED + pixel * width, width);
    }
  }

  /** Adds what a group of channels contributes through line i of the window. */
  private void add(EventWeights.Block block, int group, int i, int first, int count, float[] sums) {
    int pixels = (bottom - top) * shape.width();
    int[] starts = scratch.ints(STARTS, 0);
    for (int k = 0; k < count; k++) {
      int y = (first + k) * shape.stride() - shape.padding() + i;
      if (y < top || y >= bottom) {
        continue;
      }
      int from = group * (pixels + 1) + (y - top) * shape.width();
      int to = EventWeights.ALIGNED + k * line * block.width();
      int base = weights.base(block, group, i);
      if (together) {
        addTogether(base, block.width(), starts, from, sums, to);
      } else {
        for (int j = 0; j < shape.window(); j++) {
          addTap(base, j, block.width(), starts, from, sums, to);
        }
      }
    }
  }

  /** Every pixel reaches the outputs from (pixel + padding - window + 1) on. */
  private void addTogether(int base, int width, int[] starts, int from, float[] sums, int to) {
    float[] values = weights.values();
    int[] events = scratch.ints(EVENTS, 0);
    int row = shape.window() * width;
    int end = starts[from];
    int at = to + shape.padding() * width;
    for (int x = 0; x < shape.width(); x++) {
      int begin = end;
      end = starts[from + x + 1];
      if (end > begin) {
        EventArrays.add(values, base, row, row, events, begin, end, sums, at);
      }
      at += width;
    }
  }

  /** Every output takes the pixel under tap j. */
  private void addTap(int base, int j, int width, int[] starts, int from, float[] sums, int to) {
    float[] values = weights.values();
    int[] events = scratch.ints(EVENTS, 0);
    int row = shape.window() * width;
    int tap = base + (shape.window() - 1 - j) * width;
    int at = to + (shape.window() - 1) * width;
    int x = j - shape.padding();
    for (int ox = 0; ox < shape.outputWidth(); ox++) {
      if (x >= 0 && x < shape.width() && starts[from + x + 1] > starts[from + x]) {
        int begin = starts[from + x];
        EventArrays.add(values, tap, row, width, events, begin, starts[from + x + 1], sums, at);
      }
      x += shape.stride();
      at += width;
    }
  }

  private void store(
      EventWeights.Block block, int count, float[] sums, Tensor y, ByteBuffer target) {
    int width = block.width();
    int outputs = Math.min(width, shape.outputs() - block.first());
    int to = block.first();
    for (int k = 0; k < count; k++) {
      int at = EventWeights.ALIGNED + (k * line + shape.window() - 1) * width;
      for (int ox = 0; ox < shape.outputWidth(); ox++) {
        Lanes.store(y.type(), target, to, sums, at, outputs);
        to += shape.outputs();
        at += width;
      }
    }
  }
}
