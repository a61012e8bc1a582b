package io.spikeformer.jobs.infer;

import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.batch.BatchPixels;
import io.spikeformer.data.batch.DecodedContent;
import io.spikeformer.data.batch.ImageTransform;
import io.spikeformer.data.batch.TransformConfig;
import io.spikeformer.data.files.Entry;
import io.spikeformer.data.files.FolderWalk;
import io.spikeformer.data.geometry.Crop;
import io.spikeformer.data.geometry.Geometry;
import io.spikeformer.data.geometry.LabelShare;
import io.spikeformer.data.image.ImageCodec;
import io.spikeformer.data.image.InvalidImageException;
import io.spikeformer.data.image.RgbImage;
import io.spikeformer.data.sample.EncodedImage;
import io.spikeformer.data.sample.ImagePreparation;
import io.spikeformer.data.sample.Rejection;
import io.spikeformer.data.sample.TruthKind;
import io.spikeformer.data.source.SampleSource;
import io.spikeformer.data.storage.Storage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * Image files: one, or all below a folder in the order of their paths. Each is checked as {@code
 * prepare} does and prepared as evaluation does; one that is no usable image is rejected.
 */
final class ImageFilesInput implements InferenceInput {
  private static final long ANY_SEED = 0;

  private final Storage storage;
  private final ImageTransform transform;
  private final boolean wholeImages;
  private final int batch;
  private final TruthKind truth;
  private final ImagePreparation preparation;
  private final ImageCodec codec = new ImageCodec();
  private final List<ImageFile> files = new ArrayList<>();
  private final List<Rejection> rejected = new ArrayList<>();
  private int ignored;
  private int found;
  private int next;

  /** A file and its path below the folder. */
  private record ImageFile(String key, Path path, long size) {}

  /**
   * Lists the files.
   *
   * @param place an image file, or a folder with image files below it
   * @param truth that the model finds: if it lies on pixels, images are taken as they are stored
   */
  ImageFilesInput(
      Storage storage, FileStatus place, TransformConfig input, TruthKind truth, int batch) {
    this.storage = storage;
    this.truth = truth;
    this.preparation =
        truth.liesOnPixels() ? ImagePreparation.ofStoredPixels() : new ImagePreparation(0);
    this.transform = input.transform();
    this.wholeImages = input.crop() instanceof Crop.Whole;
    this.batch = batch;
    if (place.isDirectory()) {
      Path folder = place.getPath();
      new FolderWalk(storage, entry -> visit(folder, entry)).below(folder, "");
    } else {
      add(place.getPath().getName(), place.getPath(), place.getLen());
    }
    if (found == 0) {
      throw new UserException(
          "input: expected image files in %s, found %s",
          place.getPath(), ignored == 0 ? "none" : ignored + " hidden files alone");
    }
  }

  private void visit(Path folder, Entry entry) {
    switch (entry.kind()) {
      case FILE -> add(entry.path(), Storage.child(folder, entry.path()), entry.size());
      case HIDDEN -> ignored++;
      case REJECTED, OUTSIDE -> reject(entry);
      case FOLDER -> {
        // what lies in it comes next
      }
    }
  }

  private void add(String key, Path path, long size) {
    found++;
    files.add(new ImageFile(key, path, size));
  }

  private void reject(Entry entry) {
    found++;
    rejected.add(new Rejection(entry.path(), entry.reason()));
  }

  @Override
  public int count() {
    return found;
  }

  @Override
  public int frames() {
    return 1;
  }

  @Override
  public int batch() {
    return transform.extent().batch(batch);
  }

  @Override
  public int height() {
    return transform.extent().largest(batch()).height();
  }

  @Override
  public int width() {
    return transform.extent().largest(batch()).width();
  }

  @Override
  public Optional<Part> next() {
    BatchPixels pixels = new BatchPixels(transform, batch());
    List<ImageFile> used = new ArrayList<>();
    while (next < files.size() && used.size() < batch()) {
      ImageFile file = files.get(next++);
      try {
        DecodedContent image = new DecodedContent.Pixels(pixels(file));
        Geometry plan = transform.plan(file.key(), image, LabelShare.NONE, ANY_SEED);
        pixels.add(image, plan, ANY_SEED);
        used.add(file);
      } catch (InvalidImageException unusable) {
        rejected.add(new Rejection(file.key(), unusable.getMessage()));
      }
    }
    if (used.isEmpty()) {
      return Optional.empty();
    }
    List<String> keys = used.stream().map(ImageFile::key).toList();
    return Optional.of(new Part(pixels.batch(keys), pixels.plans(), i -> again(used.get(i))));
  }

  @Override
  public boolean hasOriginals() {
    return true;
  }

  /** The pixels of a file that was usable before. */
  private RgbImage again(ImageFile file) {
    try {
      return pixels(file);
    } catch (InvalidImageException changed) {
      throw new UserException(
          changed,
          "%s: expected the image that was read before, found another: %s; run again",
          file.key(),
          changed.getMessage());
    }
  }

  private RgbImage pixels(ImageFile file) throws InvalidImageException {
    if (file.size() > SampleSource.MAX_FILE_BYTES) {
      throw new InvalidImageException(
          Text.format(
              "file too large: %d bytes, expected at most %d",
              file.size(), SampleSource.MAX_FILE_BYTES));
    }
    byte[] bytes = storage.read(file.path(), SampleSource.MAX_FILE_BYTES);
    EncodedImage image = preparation.prepare(bytes);
    if (wholeImages && (image.height() != height() || image.width() != width())) {
      throw new InvalidImageException(
          Text.format(
              "%d x %d pixels, expected %d x %d; give %s to resize",
              image.height(), image.width(), height(), width(), resizing()));
    }
    return image.decode(codec, truth);
  }

  private String resizing() {
    return truth.liesOnPixels()
        ? Text.format(
            "--set data.evaluation.crop=fit --set data.evaluation.fit=[%d,%d]", height(), width())
        : Text.format(
            "--set data.evaluation.crop=centre --set data.evaluation.resize=%d", height());
  }

  @Override
  public List<Rejection> rejected() {
    return List.copyOf(rejected);
  }

  @Override
  public int ignored() {
    return ignored;
  }

  @Override
  public void close() {
    // every file is closed as soon as it is read
  }
}
