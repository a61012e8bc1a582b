package io.spikeformer.model.kernel.fast;

import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.model.kernel.PixelSums;
import io.spikeformer.model.kernel.ResampledAxis;
import io.spikeformer.model.kernel.Resampling;
import io.spikeformer.model.kernel.Tensor;
import java.util.Arrays;

/**
 * Cross-entropy of resampled maps, line by line, so that the resampled map and its gradient are
 * never in memory as a whole.
 *
 * <p>Threads share out the rows of the logits. A line of the result that mixes two rows of
 * different threads is computed by both, and each adds to its own row alone. So the result does not
 * depend on the number of threads.
 */
final class FastPixelLoss {
  private final Team team;

  FastPixelLoss(Team team) {
    this.team = team;
  }

  PixelSums run(Resampling form, Tensor logits, byte[] labels, float factor, Tensor dLogits) {
    Work work = new Work(form, logits, labels, factor, dLogits);
    long rows = logits.size(0) * form.height();
    int parts = (int) Math.min(team.size(), rows);
    team.run(parts, part -> work.rows(rows * part / parts, rows * (part + 1) / parts));
    PixelSums sums = PixelSums.NONE;
    for (PixelSums line : work.lines) {
      sums = sums.plus(line);
    }
    return sums;
  }

  /** One call: what the threads read, and a place for the sums of each line. */
  private static final class Work {
    private final Resampling form;
    private final Tensor logits;
    private final byte[] labels;
    private final float factor;
    private final Tensor dLogits;
    private final ResampledAxis rows;
    private final ResampledAxis columns;
    private final int classes;
    private final PixelSums[] lines;

    Work(Resampling form, Tensor logits, byte[] labels, float factor, Tensor dLogits) {
      this.form = form;
      this.logits = logits;
      this.labels = labels;
      this.factor = factor;
      this.dLogits = dLogits;
      rows = form.rows();
      columns = form.columns();
      classes = logits.channels();
      lines = new PixelSums[Math.toIntExact(logits.size(0) * form.toHeight())];
      Arrays.fill(lines, PixelSums.NONE);
    }

    /** Rows [from, to) of the logits of all images. */
    void rows(long from, long to) {
      Buffers own = new Buffers(form, classes);
      long image = from / form.height();
      for (; image * form.height() < to; image++) {
        long first = image * form.height();
        int low = (int) Math.max(0, from - first);
        int high = (int) Math.min(form.height(), to - first);
        own.source.begin(logits, first, low, high);
        own.gradient.begin(dLogits, first, low, high);
        for (int line = 0; line < form.toHeight(); line++) {
          if (rows.high()[line] >= low && rows.low()[line] < high) {
            line(own, image, line, low, high);
          }
        }
        own.gradient.finish();
      }
    }

    /** A line of the result, for the rows [low, high) of its image. */
    private void line(Buffers own, long image, int line, int low, int high) {
      int upper = rows.low()[line];
      int lower = rows.high()[line];
      float weight = rows.weight()[line];
      float[] mixed = own.source.row(upper);
      if (weight != 0) {
        LineLoops.blend(mixed, own.source.row(lower), weight, own.mixed, own.mixed.length);
        mixed = own.mixed;
      }
      int index = (int) (image * form.toHeight()) + line;
      boolean trains = dLogits != null;
      if (trains) {
        Arrays.fill(own.sums, 0);
      }
      PixelSums found = pixels(own, mixed, index, trains);
      if (upper >= low && upper < high) {
        lines[index] = found;
      }
      if (trains) {
        own.gradient.add(upper, 1 - weight, own.sums);
        if (weight != 0) {
          own.gradient.add(lower, weight, own.sums);
        }
      }
    }

    /** Losses of a line's pixels; their gradients are added to the sums of the line. */
    private PixelSums pixels(Buffers own, float[] mixed, int line, boolean trains) {
      int stride = own.stride;
      double loss = 0;
      long counted = 0;
      long correct = 0;
      for (int column = 0; column < form.toWidth(); column++) {
        int label = labels[line * form.toWidth() + column] & 0xff;
        if (label == Kernels.IGNORED) {
          continue;
        }
        float weight = columns.weight()[column];
        int low = columns.low()[column] * stride;
        int high = weight == 0 ? low : columns.high()[column] * stride;
        float max = LineLoops.mixToLargest(mixed, low, high, weight, own.pixel);
        float value = own.pixel[label];
        counted++;
        correct += value == max && LineLoops.first(own.pixel, max) == label ? 1 : 0;
        float sum = LineLoops.exponentials(own.pixel, max);
        loss += Math.log(sum) - (value - max);
        if (trains) {
          // the smallest shares of numbers that are no numbers of classes would be denormal: slow
          Arrays.fill(own.pixel, classes, stride, 0);
          LineLoops.scale(own.pixel, factor / sum);
          own.pixel[label] -= factor;
          LineLoops.add(own.pixel, 0, 1 - weight, own.sums, low, stride);
          if (weight != 0) {
            LineLoops.add(own.pixel, 0, weight, own.sums, high, stride);
          }
        }
      }
      return new PixelSums(loss, counted, correct);
    }
  }

  /** What a thread works on; pixels are padded to whole vectors. */
  private static final class Buffers {
    private final int stride;
    private final Rows source;
    private final Rows gradient;
    private final float[] mixed;
    private final float[] sums;
    private final float[] pixel;

    Buffers(Resampling form, int classes) {
      stride = Lanes.roundUp(classes);
      int length = form.width() * stride;
      source = new Rows(form.width(), classes, stride);
      gradient = new Rows(form.width(), classes, stride);
      mixed = new float[length];
      sums = new float[length];
      pixel = new float[stride];
    }
  }

  /** The two rows of an image that the lines at hand mix, with pixels padded to whole vectors. */
  private static final class Rows {
    // far below every logit, and yet a number of which a share may be taken
    private static final float PADDING = -1e30f;

    private final int width;
    private final int classes;
    private final int stride;
    private final float[] packed;
    private final float[][] values;
    private final int[] held = new int[2];
    private Tensor tensor;
    private long first;
    private int low;
    private int high;
    private int written;

    Rows(int width, int classes, int stride) {
      this.width = width;
      this.classes = classes;
      this.stride = stride;
      packed = new float[width * classes];
      values = new float[2][width * stride];
    }

    /** Rows of the image that begins at a row; [low, high) are this thread's to write. */
    void begin(Tensor image, long firstRow, int from, int to) {
      tensor = image;
      first = firstRow;
      low = from;
      high = to;
      written = from;
      Arrays.fill(held, -1);
    }

    /** The values of a row, read once while the lines that need it follow each other. */
    float[] row(int row) {
      int slot = row % 2;
      if (held[slot] != row) {
        held[slot] = row;
        long at = (first + row) * packed.length;
        Lanes.load(tensor.type(), tensor.bytes(at, packed.length), 0, packed, 0, packed.length);
        for (int i = 0; i < width; i++) {
          System.arraycopy(packed, i * classes, values[slot], i * stride, classes);
          Arrays.fill(values[slot], i * stride + classes, (i + 1) * stride, PADDING);
        }
      }
      return values[slot];
    }

    /** Adds a share of a line to a row; rows before it are complete. */
    void add(int row, float share, float[] line) {
      if (row < low || row >= high) {
        return;
      }
      int slot = row % 2;
      if (held[slot] != row) {
        writeBelow(row - 1);
        held[slot] = row;
        Arrays.fill(values[slot], 0);
      }
      LineLoops.add(line, 0, share, values[slot], 0, line.length);
    }

    /** Writes what is left of this thread's rows. */
    void finish() {
      if (tensor != null) {
        writeBelow(high);
      }
    }

    /** Writes the rows below one that are not yet written: zeros where no line has been added. */
    private void writeBelow(int end) {
      for (; written < end; written++) {
        int slot = written % 2;
        if (held[slot] == written) {
          for (int i = 0; i < width; i++) {
            System.arraycopy(values[slot], i * stride, packed, i * classes, classes);
          }
        } else {
          Arrays.fill(packed, 0);
        }
        long at = (first + written) * packed.length;
        Lanes.store(tensor.type(), tensor.bytes(at, packed.length), 0, packed, 0, packed.length);
      }
    }
  }
}
