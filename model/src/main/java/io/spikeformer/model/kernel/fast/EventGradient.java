package io.spikeformer.model.kernel.fast;

import io.spikeformer.model.kernel.ConvolutionShape;
import io.spikeformer.model.kernel.Tensor;
import io.spikeformer.model.kernel.fast.EventWeights.Layout;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Gradient of the weights of a convolution of spikes (1x1 or 3x3, stride 1) by additions alone: for
 * each input channel the rows of dy that its spikes reach are added up.
 *
 * <p>Divided among threads by outputs, so no partial sums are left over and the bits of the result
 * do not depend on the number of threads.
 */
final class EventGradient {
  // floats of dy that a thread has at hand while it goes through the channels
  private static final int CACHED = 1 << 17;
  private static final int MOST_PIXELS = 1 << 16;

  private static final int FRAMES = 40;
  private static final int FIRST = 0;
  private static final int EVENTS = 1;

  private final Team team;
  private final Scratch[] scratch;
  private float[] memory = new float[EventWeights.LARGE];

  EventGradient(Team team, Scratch[] scratch) {
    this.team = team;
    this.scratch = scratch;
  }

  /** Overwrites dWeights and, unless null, dBias from the spikes, as bits, and dy. */
  void backwardWeights(
      ConvolutionShape shape, Tensor spikes, Tensor dy, Tensor dWeights, Tensor dBias) {
    int vectors = shape.window() == 1 ? 4 : 1;
    int length = EventWeights.ALIGNED + EventWeights.length(shape);
    if (memory.length < length) {
      memory = new float[length];
    }
    EventWeights gradient =
        EventWeights.undefined(shape, new Layout(vectors, shape.inputs()), memory);
    int blocks = gradient.blocks().size();
    int parts = Math.min(team.size(), blocks);
    Frame frame = new Frame(shape);
    int most = Math.max(1, CACHED / (frame.pixels() * vectors * Lanes.COUNT));
    int group = Math.min(shape.images(), Math.min(most, Math.max(1, MOST_PIXELS / frame.pixels())));
    double[] bias = new double[Lanes.roundUp(shape.outputs())];
    Lists lists = new Lists(shape, frame, scratch);
    team.run(
        parts,
        part -> {
          for (int b = blocks * part / parts; b < blocks * (part + 1) / parts; b++) {
            gradient.clear(gradient.blocks().get(b));
          }
        });
    for (int image = 0; image < shape.images(); image += group) {
      int first = image;
      int images = Math.min(group, shape.images() - image);
      team.run(lists.parts(), part -> lists.fill(part, spikes, first, images));
      team.run(
          parts,
          part -> {
            for (int b = blocks * part / parts; b < blocks * (part + 1) / parts; b++) {
              EventWeights.Block block = gradient.blocks().get(b);
              float[] values = frame.fill(scratch[part], dy, first, images, block);
              frame.addTo(bias, block, values, images);
              add(shape, frame, lists, block, values, gradient.values());
            }
          });
    }
    gradient.write(team, dWeights, spikes.unit());
    if (dBias != null) {
      float[] narrow = new float[shape.outputs()];
      for (int i = 0; i < narrow.length; i++) {
        narrow[i] = (float) bias[i];
      }
      dBias.put(narrow);
    }
  }

  private static void add(
      ConvolutionShape shape,
      Frame frame,
      Lists lists,
      EventWeights.Block block,
      float[] dy,
      float[] gradient) {
    float[] sum = new float[block.width()];
    int window = shape.window();
    int step = shape.inputs() * window * block.width();
    for (int c = 0; c < shape.inputs(); c++) {
      int[] events = lists.events(c);
      int from = lists.begin(c);
      int to = lists.end(c);
      int begin = block.base() + c * window * block.width();
      if (window == 3) {
        EventArrays.addWindow(
            dy, EventWeights.ALIGNED, frame.line, events, from, to, gradient, begin, step);
      } else {
        int width = block.width();
        Arrays.fill(sum, 0);
        EventArrays.add(dy, EventWeights.ALIGNED, width, width, events, from, to, sum, 0);
        EventArrays.accumulate(sum, gradient, begin, width);
      }
    }
  }

  /** Where the pixels of dy stand: each image with as much border as the window reaches over it. */
  private static final class Frame {
    private final ConvolutionShape shape;
    private final int line;
    private final int lines;
    private final int border;

    Frame(ConvolutionShape shape) {
      this.shape = shape;
      this.line = shape.width() + shape.window() - 1;
      this.lines = shape.height() + shape.window() - 1;
      this.border = shape.window() - 1 - shape.padding();
    }

    /** Pixels of an image with its border. */
    int pixels() {
      return line * lines;
    }

    /** Copies the outputs of a block out of dy; the border is 0. */
    float[] fill(Scratch scratch, Tensor dy, int first, int images, EventWeights.Block block) {
      int width = block.width();
      int outputs = Math.min(width, shape.outputs() - block.first());
      int length = EventWeights.ALIGNED + images * pixels() * width;
      float[] values = scratch.array(FRAMES, Math.max(length, EventWeights.LARGE));
      if (shape.window() > 1 || outputs < width) {
        Arrays.fill(values, 0, length, 0);
      }
      int height = shape.outputHeight();
      long image = (long) height * shape.outputWidth() * shape.outputs();
      for (int i = 0; i < images; i++) {
        ByteBuffer source = dy.bytes((first + i) * image, image);
        for (int y = 0; y < height; y++) {
          int from = y * shape.outputWidth() * shape.outputs() + block.first();
          int to = EventWeights.ALIGNED + ((i * lines + y + border) * line + border) * width;
          for (int x = 0; x < shape.outputWidth(); x++) {
            Lanes.load(dy.type(), source, from, values, to, outputs);
            from += shape.outputs();
            to += width;
          }
        }
      }
      return values;
    }

    /** Adds the sums over all pixels. */
    void addTo(double[] bias, EventWeights.Block block, float[] values, int images) {
      float[] sum = new float[block.width()];
      for (int i = 0; i < images * lines; i++) {
        Arrays.fill(sum, 0);
        EventArrays.addRows(values, EventWeights.ALIGNED + i * line * block.width(), line, sum);
        for (int k = 0; k < sum.length; k++) {
          bias[block.first() + k] += sum[k];
        }
      }
    }
  }

  /** For each input channel the places of its spikes in the frames of a group of images. */
  private static final class Lists {
    private final ConvolutionShape shape;
    private final Frame frame;
    private final Scratch[] scratch;
    private final int words;
    private final int parts;

    Lists(ConvolutionShape shape, Frame frame, Scratch[] scratch) {
      this.shape = shape;
      this.frame = frame;
      this.scratch = scratch;
      this.words = (shape.inputs() + Long.SIZE - 1) / Long.SIZE;
      this.parts = Math.min(scratch.length, words);
    }

    int parts() {
      return parts;
    }

    private int firstWord(int part) {
      return words * part / parts;
    }

    private int part(int channel) {
      int word = channel / Long.SIZE;
      int part = word * parts / words;
      // the division above is rounded: look at the neighbours
      while (part + 1 < parts && firstWord(part + 1) <= word) {
        part++;
      }
      while (firstWord(part) > word) {
        part--;
      }
      return part;
    }

    private int index(int channel, int part) {
      return channel - firstWord(part) * Long.SIZE;
    }

    int[] events(int channel) {
      return scratch[part(channel)].ints(EVENTS, 0);
    }

    int begin(int channel) {
      int part = part(channel);
      return scratch[part].ints(FIRST, 0)[index(channel, part)];
    }

    int end(int channel) {
      int part = part(channel);
      return scratch[part].ints(FIRST, 0)[index(channel, part) + 1];
    }

    /** Lists the channels of a part. */
    void fill(int part, Tensor spikes, int firstImage, int images) {
      int channels = shape.inputs();
      int from = firstWord(part) * Long.SIZE;
      int to = Math.min(channels, firstWord(part + 1) * Long.SIZE);
      int pixels = images * shape.height() * shape.width();
      long begin = (long) firstImage * shape.height() * shape.width() * channels;
      ByteBuffer bits = spikes.bytes(begin, (long) pixels * channels);
      int[] first = scratch[part].ints(FIRST, to - from + 2);
      Arrays.fill(first, 0, to - from + 2, 0);
      if (spikes.planes() > 1) {
        fillIntegers(part, spikes.planes(), bits, pixels, from, to, first);
        return;
      }
      count(bits, pixels, from, to, first);
      for (int i = 2; i < to - from + 2; i++) {
        first[i] += first[i - 1];
      }
      place(bits, pixels, from, to, first, scratch[part].ints(EVENTS, first[to - from + 1]));
    }

    private void fillIntegers(
        int part, int planes, ByteBuffer bits, int pixels, int from, int to, int[] first) {
      int[] found = new int[planes * (to - from)];
      for (int pixel = 0; pixel < pixels; pixel++) {
        int begin = (pixel * shape.inputs() + from) / Byte.SIZE * planes;
        int count = Events.list(bits, planes, begin, to - from, found, 0);
        for (int i = 0; i < count; i++) {
          first[found[i] + 2]++;
        }
      }
      for (int i = 2; i < to - from + 2; i++) {
        first[i] += first[i - 1];
      }
      int[] events = scratch[part].ints(EVENTS, first[to - from + 1]);
      for (int pixel = 0; pixel < pixels; pixel++) {
        int begin = (pixel * shape.inputs() + from) / Byte.SIZE * planes;
        int count = Events.list(bits, planes, begin, to - from, found, 0);
        int line = pixel / shape.width();
        int place =
            (line / shape.height() * frame.lines + line % shape.height()) * frame.line
                + pixel % shape.width();
        for (int i = 0; i < count; i++) {
          events[first[found[i] + 1]++] = place;
        }
      }
    }

    /** Counts the spikes of channel from + i in counts[i + 2]. */
    private void count(ByteBuffer bits, int pixels, int from, int to, int[] counts) {
      int bytes = shape.inputs() / Byte.SIZE;
      for (int pixel = 0; pixel < pixels; pixel++) {
        for (int c = from; c < to; c += Long.SIZE) {
          long word = Events.word(bits, pixel * bytes + c / Byte.SIZE, to - c);
          while (word != 0) {
            counts[c - from + Long.numberOfTrailingZeros(word) + 2]++;
            word &= word - 1;
          }
        }
      }
    }

    /** next[i + 1] is where the next spike of channel from + i goes; in the end, its end. */
    private void place(ByteBuffer bits, int pixels, int from, int to, int[] next, int[] events) {
      int bytes = shape.inputs() / Byte.SIZE;
      int pixel = 0;
      for (int line = 0; line < pixels / shape.width(); line++) {
        int image = line / shape.height();
        int place = (image * frame.lines + line % shape.height()) * frame.line;
        for (int x = 0; x < shape.width(); x++) {
          for (int c = from; c < to; c += Long.SIZE) {
            long word = Events.word(bits, pixel * bytes + c / Byte.SIZE, to - c);
            while (word != 0) {
              events[next[c - from + Long.numberOfTrailingZeros(word) + 1]++] = place + x;
              word &= word - 1;
            }
          }
          pixel++;
        }
      }
    }
  }
}
