package io.spikeformer.jobs.infer;

import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.batch.EventConfig;
import io.spikeformer.data.batch.ImageTransform;
import io.spikeformer.data.batch.InputConfig;
import io.spikeformer.data.batch.TransformConfig;
import io.spikeformer.data.npy.NpyInput;
import io.spikeformer.data.sample.TruthKind;
import io.spikeformer.data.shard.ShardManifest;
import io.spikeformer.data.shard.ShardSet;
import io.spikeformer.data.storage.Storage;
import io.spikeformer.model.config.NetworkConfig;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.IntFunction;
import org.apache.hadoop.fs.FileStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells what an input of infer is, and opens it. */
final class InferenceInputs {
  private static final Logger LOG = LoggerFactory.getLogger(InferenceInputs.class);
  private static final int MARK_BYTES = 8;

  private final Storage storage;
  private final NetworkConfig config;
  private final Optional<IntFunction<InputConfig>> preparation;
  private final TruthKind truth;
  private final int batch;

  /** The user's statement about a file of numbers. */
  enum Values {
    /** Floats are looked at: what seems not to be normalised is refused. */
    UNKNOWN,
    /** Floats are normalised, for any range. */
    NORMALISED
  }

  /**
   * Inputs for a model.
   *
   * @param config of the model, which says how many channels it takes
   * @param preparation what the model sees of a sample at T timesteps; empty if nobody knows
   * @param truth that the model finds in images
   * @param batch images of a minibatch
   */
  InferenceInputs(
      Storage storage,
      NetworkConfig config,
      Optional<IntFunction<InputConfig>> preparation,
      TruthKind truth,
      int batch) {
    this.storage = storage;
    this.config = config;
    this.preparation = preparation;
    this.truth = truth;
    this.batch = batch;
  }

  /**
   * Opens an input.
   *
   * @param location an image file, a folder of image files, a prepared split or a .npy file
   * @throws UserException in one line that says what else was found and what to do
   */
  InferenceInput open(String location, PixelLayout layout, Values values) {
    org.apache.hadoop.fs.Path place = Storage.path(location);
    FileStatus status =
        storage
            .status(place)
            .orElseThrow(() -> new UserException("%s: there is no such file or folder", location));
    if (status.isDirectory()) {
      return storage.exists(new org.apache.hadoop.fs.Path(place, ShardManifest.FILE))
          ? new ShardInput(ShardSet.open(location, storage.configuration()), prepared(), batch)
          : folder(status, location);
    }
    String mark = mark(place);
    if (mark.startsWith("\u0093NUMPY")) {
      return array(NpyInput.open(local(place, location)), layout, values);
    }
    if (mark.startsWith("\u00ff\u00d8") || mark.startsWith("\u0089PNG")) {
      return new ImageFilesInput(storage, status, ofImages(location), truth, batch);
    }
    throw new UserException(
        "%s: expected a .npy file, a JPEG or PNG file, a folder of these, or a prepared split,"
            + " found %s",
        location, other(mark));
  }

  private InferenceInput folder(FileStatus status, String location) {
    for (FileStatus entry : storage.list(status.getPath())) {
      if (entry.isDirectory()
          && storage.exists(new org.apache.hadoop.fs.Path(entry.getPath(), ShardManifest.FILE))) {
        throw new UserException(
            "%s: expected one prepared split, found a folder of them: give %s/%s",
            location, location.replaceFirst("/+$", ""), entry.getPath().getName());
      }
    }
    return new ImageFilesInput(storage, status, ofImages(location), truth, batch);
  }

  private String mark(org.apache.hadoop.fs.Path file) {
    try (InputStream stream = storage.open(file)) {
      return new String(stream.readNBytes(MARK_BYTES), StandardCharsets.ISO_8859_1);
    } catch (IOException failure) {
      throw Storage.unreadable(file, failure);
    }
  }

  private static String other(String mark) {
    if (mark.isEmpty()) {
      return "an empty file";
    }
    if (mark.startsWith("PAR1")) {
      return "a Parquet file: give the folder of the split that it belongs to";
    }
    if (mark.startsWith("PK\3\4")) {
      return "a zip or .npz file: unpack images, or save one array with numpy.save";
    }
    if (mark.startsWith("#!AER-DA")) {
      return "a recording of events: make a split of it with 'prepare hardvs' and give that";
    }
    return "another kind of file: convert images to PNG, arrays with numpy.save";
  }

  private Path local(org.apache.hadoop.fs.Path place, String location) {
    if (!"file".equals(place.toUri().getScheme())) {
      throw new UserException(
          "%s: expected an array on this machine, found one elsewhere: copy it here", location);
    }
    return Path.of(place.toUri().getPath());
  }

  private InputConfig prepared() {
    return preparation
        .orElseThrow(
            () ->
                new UserException(
                    "model: expected a checkpoint with the recipe of its training, found none: how"
                        + " its images are prepared is unknown; give normalised float32 values"))
        .apply(config.timesteps());
  }

  private TransformConfig ofImages(String what) {
    if (prepared() instanceof TransformConfig images) {
      return images;
    }
    throw new UserException(
        "%s: expected a model of images, found %s, which takes event frames: give a split of"
            + " 'prepare hardvs', or float32 frames [T, B, H, W, 2]",
        what, config.name());
  }

  private InferenceInput array(NpyInput file, PixelLayout layout, Values values) {
    try {
      return checked(file, layout, values);
    } catch (RuntimeException refused) {
      file.close();
      throw refused;
    }
  }

  private InferenceInput checked(NpyInput file, PixelLayout layout, Values values) {
    ImageArray array = ImageArray.of(file, config.channels(), layout);
    ArrayScan scan = ArrayScan.of(file);
    scan.requireFinite(file);
    if (!file.type().isFloating()) {
      return levels(array, scan);
    }
    if (values == Values.UNKNOWN && normalisesBelowZero()) {
      scan.requireNormalised(file);
    }
    warnOfSize(array);
    return new ArrayInput(array, Optional.empty(), batch);
  }

  private void warnOfSize(ImageArray array) {
    preparation
        .map(prepare -> prepare.apply(config.timesteps()))
        .filter(input -> input.extent().fixed())
        .filter(input -> input.height() != array.height() || input.width() != array.width())
        .ifPresent(
            input ->
                LOG.warn(
                    "{}: images of {} x {} pixels; the recipe of the model evaluates with {} x {}",
                    array.file(),
                    array.height(),
                    array.width(),
                    input.height(),
                    input.width()));
  }

  private InferenceInput levels(ImageArray array, ArrayScan scan) {
    if (preparation.isPresent() && prepared() instanceof EventConfig events) {
      throw array
          .file()
          .failed(
              Text.format(
                  "expected float32 frames, counts of events times data.events.scale, found %s: %s",
                  array.file().type(),
                  array
                      .file()
                      .saved("float32", "(%s * " + events.scale() + ").astype('float32')")));
    }
    if (array.frames() > 1) {
      throw array
          .file()
          .failed("expected levels of static images [B, H, W, 3], found frames: give one of them");
    }
    scan.requireLevels(array.file());
    ImageTransform transform = ofImages(array.file().toString()).transform();
    return new ArrayInput(array, Optional.of(transform), batch);
  }

  /** Whether black is a negative value, as far as anyone knows: then levels show by their range. */
  private boolean normalisesBelowZero() {
    if (preparation.isEmpty()) {
      return config.channels() == ImageArray.RGB;
    }
    return prepared() instanceof TransformConfig images
        && images.normalisation().mean().stream().anyMatch(mean -> mean > 0);
  }
}
