package io.spikeformer.data.batch;

import io.spikeformer.data.geometry.Extent;
import io.spikeformer.data.geometry.Geometry;
import io.spikeformer.data.geometry.Padding;
import java.util.ArrayList;
import java.util.List;

/**
 * The pixels of a batch, sample by sample: [F, N, H, W, C] with frames F, samples N and channels C.
 *
 * <p>Samples of one size are written at their places. Others are kept apart until the last one is
 * known. Then H and W are the most rows and columns of any, each sample lies at the upper left, and
 * the rest is padding. So the pixels of a sample do not depend on the others of its batch.
 */
public final class BatchPixels {
  private static final float[] NO_LOGITS = {};

  private final SampleTransform transform;
  private final int most;
  private final boolean padded;
  private final List<Geometry> plans = new ArrayList<>();
  private final List<float[]> parts = new ArrayList<>();
  private float[] together = {};

  /**
   * No pixels yet.
   *
   * @param transform of the samples
   * @param most samples that are added, &gt;= 1
   */
  public BatchPixels(SampleTransform transform, int most) {
    this.transform = transform;
    this.most = most;
    this.padded = transform.extent().sizes() == Extent.Sizes.PADDED;
  }

  /**
   * Writes the next sample.
   *
   * @param content what it shows
   * @param plan of its pixels
   * @param seed that the plan was made with
   */
  public void add(DecodedContent content, Geometry plan, long seed) {
    int length = frame(plan.height(), plan.width());
    int samples = padded ? 1 : most;
    int at = padded ? 0 : plans.size() * length;
    float[] out = padded || plans.isEmpty() ? new float[values(samples, length)] : together;
    transform.write(content, plan, seed, out, at, samples * length);
    plans.add(plan);
    if (padded) {
      parts.add(out);
    } else {
      together = out;
    }
  }

  /** Samples until now. */
  public int size() {
    return plans.size();
  }

  /** Where the pixels of each sample went, the padding of the batch included. */
  public List<Geometry> plans() {
    Padding size = new Padding.Size(height(), width());
    return plans.stream().map(plan -> padded ? plan.padded(size) : plan).toList();
  }

  /** The batch of the samples until now, at least one, without targets and logits. */
  public Batch batch(List<String> keys) {
    return batch(Targets.NONE, keys, NO_LOGITS);
  }

  /**
   * The batch of the samples until now, at least one.
   *
   * @param targets of the samples
   * @param keys of the samples
   * @param logits of the teacher, [N, classes]; empty without one
   */
  public Batch batch(Targets targets, List<String> keys, float[] logits) {
    return new Batch(
        padded ? join() : filled(),
        targets,
        keys,
        plans.stream().map(Geometry::windowSize).toList(),
        transform.frames(),
        height(),
        width(),
        transform.channels(),
        logits);
  }

  private int height() {
    return plans.stream().mapToInt(Geometry::height).max().orElseThrow();
  }

  private int width() {
    return plans.stream().mapToInt(Geometry::width).max().orElseThrow();
  }

  /** Without the places of samples that were not added. */
  private float[] filled() {
    if (plans.size() == most) {
      return together;
    }
    int frame = together.length / transform.frames();
    int used = frame / most * plans.size();
    float[] filled = new float[used * transform.frames()];
    for (int i = 0; i < transform.frames(); i++) {
      System.arraycopy(together, i * frame, filled, i * used, used);
    }
    return filled;
  }

  private float[] join() {
    int width = width();
    int frame = frame(height(), width);
    float[] joined = new float[values(plans.size(), frame)];
    fill(joined);
    int line = width * transform.channels();
    for (int i = 0; i < joined.length / frame; i++) {
      int sample = i % plans.size();
      Geometry plan = plans.get(sample);
      int used = plan.width() * transform.channels();
      int from = i / plans.size() * plan.height() * used;
      for (int y = 0; y < plan.height(); y++) {
        System.arraycopy(parts.get(sample), from + y * used, joined, i * frame + y * line, used);
      }
    }
    return joined;
  }

  private void fill(float[] pixels) {
    float[] colour = transform.padding();
    for (int channel = 0; channel < colour.length; channel++) {
      if (colour[channel] != 0) {
        for (int i = channel; i < pixels.length; i += colour.length) {
          pixels[i] = colour[channel];
        }
      }
    }
  }

  private int frame(int height, int width) {
    return Math.multiplyExact(Math.multiplyExact(height, width), transform.channels());
  }

  private int values(int samples, int frame) {
    return Math.multiplyExact(Math.multiplyExact(transform.frames(), samples), frame);
  }
}
