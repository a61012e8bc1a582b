package io.spikeformer.model.kernel.fast;

import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.model.kernel.PixelSums;
import io.spikeformer.model.kernel.ResampledAxis;
import io.spikeformer.model.kernel.Resampling;
import io.spikeformer.model.kernel.Tensor;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Cross-entropy of resampled maps, line by line, so that the resampled map and its gradient are
 * never in memory as a whole.
 *
 * <p>Threads share out the rows of the logits. A line of the result that mixes two rows of
 * different threads is computed by both, and each adds to its own row alone. So the result does not
 * depend on the number of threads.
 */
final class FastPixelLoss {
  private static final FloatVector LOG2_E = Lanes.broadcast((float) (1 / Math.log(2)));
  private static final FloatVector LOWEST = Lanes.broadcast(Float.NEGATIVE_INFINITY);

  private final Team team;

  FastPixelLoss(Team team) {
    this.team = team;
  }

  PixelSums run(Resampling form, Tensor logits, byte[] labels, float factor, Tensor dLogits) {
    Work work = new Work(form, logits, labels, factor, dLogits);
    if (dLogits != null) {
      dLogits.zero();
    }
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
    private final ResampledAxis.Uses uses;
    private final int classes;
    private final int source;
    private final PixelSums[] lines;

    Work(Resampling form, Tensor logits, byte[] labels, float factor, Tensor dLogits) {
      this.form = form;
      this.logits = logits;
      this.labels = labels;
      this.factor = factor;
      this.dLogits = dLogits;
      rows = form.rows();
      columns = form.columns();
      uses = columns.uses(form.width());
      classes = logits.channels();
      source = form.width() * classes;
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
        for (int line = 0; line < form.toHeight(); line++) {
          if (rows.high()[line] >= low && rows.low()[line] < high) {
            line(own, image, line, low, high);
          }
        }
      }
    }

    /** A line of the result, for the rows [low, high) of its image. */
    private void line(Buffers own, long image, int line, int low, int high) {
      long row = image * form.height();
      float weight = rows.weight()[line];
      load(row + rows.low()[line], own.mixed);
      if (weight != 0) {
        load(row + rows.high()[line], own.loaded);
        FastResampling.blend(own.mixed, own.loaded, weight);
      }
      for (int column = 0; column < form.toWidth(); column++) {
        FastResampling.mix(
            own.mixed,
            columns.low()[column] * classes,
            columns.high()[column] * classes,
            columns.weight()[column],
            own.pixels,
            column * own.stride,
            classes);
      }
      PixelSums sums = pixels(own, (int) (image * form.toHeight()) + line);
      if (rows.low()[line] >= low && rows.low()[line] < high) {
        lines[(int) (image * form.toHeight()) + line] = sums;
      }
      if (dLogits != null && sums.pixels() > 0) {
        Arrays.fill(own.mixed, 0);
        gather(own);
        addTo(own, row, rows.low()[line], 1 - weight, low, high);
        if (weight != 0) {
          addTo(own, row, rows.high()[line], weight, low, high);
        }
      }
    }

    private void load(long row, float[] target) {
      Lanes.load(logits.type(), logits.bytes(row * source, source), 0, target, 0, source);
    }

    /** Losses of a line's pixels; their logits are replaced by the gradients. */
    private PixelSums pixels(Buffers own, int line) {
      double loss = 0;
      long counted = 0;
      long correct = 0;
      for (int column = 0; column < form.toWidth(); column++) {
        int label = labels[line * form.toWidth() + column] & 0xff;
        int at = column * own.stride;
        if (label == Kernels.IGNORED) {
          Arrays.fill(own.pixels, at, at + classes, 0);
        } else {
          float value = own.pixels[at + label];
          float max = max(own.pixels, at, own.stride);
          counted++;
          correct += value == max && first(own.pixels, at, own.stride, max) == label ? 1 : 0;
          float sum = exponentials(own.pixels, at, own.stride, max);
          loss += Math.log(sum) - (value - max);
          scale(own.pixels, at, own.stride, factor / sum);
          own.pixels[at + label] -= factor;
          Arrays.fill(own.pixels, at + classes, at + own.stride, Float.NEGATIVE_INFINITY);
        }
      }
      return new PixelSums(loss, counted, correct);
    }

    /** Sums the gradients of a line along its columns. */
    private void gather(Buffers own) {
      for (int column = 0; column < form.width(); column++) {
        for (int use = uses.start()[column]; use < uses.start()[column + 1]; use++) {
          FastResampling.add(
              own.pixels,
              uses.target()[use] * own.stride,
              uses.share()[use],
              own.mixed,
              column * classes,
              classes);
        }
      }
    }

    private void addTo(Buffers own, long image, int row, float share, int low, int high) {
      if (row < low || row >= high) {
        return;
      }
      long from = (image + row) * source;
      Lanes.load(dLogits.type(), dLogits.bytes(from, source), 0, own.loaded, 0, source);
      FastResampling.add(own.mixed, 0, share, own.loaded, 0, source);
      Lanes.store(dLogits.type(), dLogits.bytes(from, source), 0, own.loaded, 0, source);
    }
  }

  /** Lines that a thread works on; pixels are padded to whole vectors with the lowest value. */
  private static final class Buffers {
    private final int stride;
    private final float[] mixed;
    private final float[] loaded;
    private final float[] pixels;

    Buffers(Resampling form, int classes) {
      stride = Lanes.roundUp(classes);
      mixed = new float[form.width() * classes];
      loaded = new float[form.width() * classes];
      pixels = new float[form.toWidth() * stride];
      Arrays.fill(pixels, Float.NEGATIVE_INFINITY);
    }
  }

  private static float max(float[] values, int from, int length) {
    FloatVector max = LOWEST;
    for (int i = from; i < from + length; i += Lanes.COUNT) {
      max = max.max(Lanes.at(values, i));
    }
    return max.reduceLanes(VectorOperators.MAX);
  }

  /** Index of the first value that equals the maximum. */
  private static int first(float[] values, int from, int length, float max) {
    for (int i = 0; i < length; i += Lanes.COUNT) {
      VectorMask<Float> equal = Lanes.at(values, from + i).compare(VectorOperators.EQ, max);
      if (equal.anyTrue()) {
        return i + equal.firstTrue();
      }
    }
    return -1;
  }

  /** Replaces values by exp(value - max) and returns their sum. */
  private static float exponentials(float[] values, int from, int length, float max) {
    FloatVector sum = Lanes.broadcast(0);
    for (int i = from; i < from + length; i += Lanes.COUNT) {
      FloatVector e = Exponential.ofNegative(Lanes.at(values, i).sub(max).mul(LOG2_E));
      e.intoArray(values, i);
      sum = sum.add(e);
    }
    return sum.reduceLanes(VectorOperators.ADD);
  }

  private static void scale(float[] values, int from, int length, float factor) {
    for (int i = from; i < from + length; i += Lanes.COUNT) {
      Lanes.at(values, i).mul(factor).intoArray(values, i);
    }
  }
}
