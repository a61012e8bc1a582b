package io.spikeformer.jobs.infer;

import io.spikeformer.data.batch.Batch;
import io.spikeformer.data.batch.DecodedContent;
import io.spikeformer.data.batch.ImageTransform;
import io.spikeformer.data.batch.Targets;
import io.spikeformer.data.geometry.Geometry;
import io.spikeformer.data.geometry.LabelShare;
import io.spikeformer.data.image.RgbImage;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The images of a .npy file: normalised values as they are, or levels of 8 bits that become what
 * evaluation makes of an image.
 */
final class ArrayInput implements InferenceInput {
  /** Of the random draws of a transform that has none in evaluation. */
  private static final long ANY_SEED = 0;

  private final ImageArray array;
  private final Optional<ImageTransform> transform;
  private final Optional<Geometry> plan;
  private final int batch;
  private int next;

  /**
   * Images in minibatches.
   *
   * @param transform of levels; empty if the values are normalised
   * @param batch images that are read at once
   */
  ArrayInput(ImageArray array, Optional<ImageTransform> transform, int batch) {
    this.array = array;
    this.transform = transform;
    this.plan = transform.map(prepare -> plan(prepare, array));
    this.batch = batch;
  }

  /** Images of one size have one plan in evaluation. */
  private static Geometry plan(ImageTransform transform, ImageArray array) {
    RgbImage any = new RgbImage(array.height(), array.width(), new byte[array.one()]);
    return transform.plan("0", new DecodedContent.Pixels(any), LabelShare.NONE, ANY_SEED);
  }

  @Override
  public int count() {
    return array.count();
  }

  @Override
  public int frames() {
    return array.frames();
  }

  @Override
  public int batch() {
    return batch;
  }

  @Override
  public int height() {
    return plan.map(Geometry::height).orElse(array.height());
  }

  @Override
  public int width() {
    return plan.map(Geometry::width).orElse(array.width());
  }

  @Override
  public Optional<Part> next() {
    int size = Math.min(batch, count() - next);
    if (size == 0) {
      return Optional.empty();
    }
    float[] values = array.read(next, size);
    List<String> keys = IntStream.range(next, next + size).mapToObj(String::valueOf).toList();
    float[] pixels = transform.map(prepare -> prepared(prepare, values, keys)).orElse(values);
    next += size;
    Batch images =
        new Batch(pixels, Targets.NONE, keys, size, frames(), height(), width(), array.channels());
    Geometry where = plan.orElseGet(() -> Geometry.identity(height(), width()));
    return Optional.of(new Part(images, Collections.nCopies(size, where), i -> image(values, i)));
  }

  @Override
  public boolean hasOriginals() {
    return transform.isPresent();
  }

  private float[] prepared(ImageTransform prepare, float[] levels, List<String> keys) {
    int length = Math.multiplyExact(Math.multiplyExact(height(), width()), array.channels());
    float[] pixels = new float[Math.multiplyExact(keys.size(), length)];
    for (int i = 0; i < keys.size(); i++) {
      prepare.apply(image(levels, i), keys.get(i), ANY_SEED, pixels, i * length);
    }
    return pixels;
  }

  /** An image of levels. */
  private RgbImage image(float[] levels, int i) {
    byte[] image = new byte[array.one()];
    for (int j = 0; j < image.length; j++) {
      image[j] = (byte) (int) levels[i * image.length + j];
    }
    return new RgbImage(array.height(), array.width(), image);
  }

  @Override
  public void close() {
    array.file().close();
  }
}
