package io.spikeformer.train.recipe;

import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.augment.EventAugmentation;
import io.spikeformer.data.augment.ImageAugmentation;
import io.spikeformer.data.batch.EventConfig;
import io.spikeformer.data.batch.InputConfig;
import io.spikeformer.data.batch.PaddingColour;
import io.spikeformer.data.batch.PixelNormalisation;
import io.spikeformer.data.batch.TransformConfig;
import io.spikeformer.data.geometry.Crop;
import io.spikeformer.data.geometry.Letterbox;
import io.spikeformer.data.geometry.SlidingWindow;
import io.spikeformer.data.sample.ContentKind;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The recipe's way from samples to batches.
 *
 * @param batchSize samples of a worker's minibatch, &gt;= 1
 * @param dropLast whether an epoch's last, smaller minibatch is left out
 * @param shuffleGroup shards that a worker shuffles together and holds in memory, &gt;= 1
 * @param input images, or events: recordings of event cameras
 * @param events how recordings of events are seen
 * @param mean of each channel, for pixels in [0, 1]; of images
 * @param std standard deviation of each channel
 * @param training augmentation of images
 * @param evaluation what validation and evaluation do to an image
 */
public record DataSettings(
    int batchSize,
    boolean dropLast,
    int shuffleGroup,
    String input,
    Events events,
    List<Double> mean,
    List<Double> std,
    ImageTraining training,
    Evaluation evaluation) {

  private static final String IMAGES = "images";
  private static final String EVENTS = "events";

  /** Validates the ranges. */
  public DataSettings {
    mean = List.copyOf(mean);
    std = List.copyOf(std);
    if (batchSize < 1) {
      throw new IllegalArgumentException(
          Text.format("data batch-size: expected >= 1, found %s", batchSize));
    }
    if (shuffleGroup < 1) {
      throw new IllegalArgumentException(
          Text.format("data shuffle-group: expected >= 1, found %s", shuffleGroup));
    }
    if (!input.equals(IMAGES) && !input.equals(EVENTS)) {
      throw new IllegalArgumentException(
          Text.format("data input: expected images or events, found '%s'", input));
    }
  }

  /**
   * How recordings of events are seen: as the frames that prepare made of them.
   *
   * @param height of a frame, in pixels
   * @param width of a frame, in pixels
   * @param scale value of one event
   */
  public record Events(int height, int width, double scale) {}

  /**
   * Augmentation of event frames, the same for all timesteps.
   *
   * @param horizontalFlip probability
   * @param cropPadding empty pixels around the frames before a window of their size is cut out
   * @param roll most pixels by which rows and columns are rolled around
   * @param drop probability that events are dropped: by time, by area or at random
   */
  public record EventTraining(double horizontalFlip, int cropPadding, int roll, double drop) {
    private static final EventTraining NONE = new EventTraining(0, 0, 0, 0);
  }

  /**
   * The transform of an evaluation image.
   *
   * @param crop centre, fit, letterbox or none
   * @param size pixels of the crop's side; not of fit
   * @param resize pixels of the short side before a centre crop
   * @param fit most pixels of the short and of the long side, fit only
   * @param paddingMultiple what both sides are padded to a multiple of, fit only; 0 for no padding
   * @param window side of the windows in which the model sees a larger result; 0 for one piece
   * @param stride pixels from one window to the next; 0 without windows
   */
  public record Evaluation(
      String crop,
      int size,
      int resize,
      List<Integer> fit,
      int paddingMultiple,
      int window,
      int stride) {
    private static final String FIT = "fit";
    private static final String LETTERBOX = "letterbox";

    /** Takes a copy of the list, and checks the windows. */
    public Evaluation {
      fit = ImageTraining.pair("evaluation fit", fit);
      if (paddingMultiple != 0 && !crop.equals(FIT)) {
        throw new IllegalArgumentException(
            Text.format(
                "data evaluation padding-multiple: expected 0 for crop %s, found %d; set"
                    + " data.evaluation.crop=fit",
                crop, paddingMultiple));
      }
      if (window == 0 && stride != 0) {
        throw new IllegalArgumentException(
            Text.format(
                "data evaluation stride: expected 0 without windows, found %s; set"
                    + " data.evaluation.window",
                stride));
      }
      if (window != 0) {
        new SlidingWindow(window, stride);
      }
    }

    private Crop toCrop() {
      return switch (crop) {
        case "centre" -> new Crop.Centre(size, resize);
        case FIT ->
            Crop.Scaled.fit(fit.get(0), fit.get(1), ImageTraining.multiple(paddingMultiple));
        case LETTERBOX -> new Letterbox(size);
        case "none" -> new Crop.Whole(size);
        default ->
            throw new IllegalArgumentException(
                Text.format(
                    "data evaluation crop: expected centre, fit, letterbox or none, found '%s'",
                    crop));
      };
    }

    boolean isLetterbox() {
      return crop.equals(LETTERBOX);
    }

    /** Beside the image: grey in a letterbox, else 0 once normalised if batches are padded. */
    private PaddingColour colour() {
      if (isLetterbox()) {
        return PaddingColour.GREY;
      }
      return paddingMultiple == 0 ? PaddingColour.BLACK : PaddingColour.MEAN;
    }
  }

  /**
   * The input of the model in training.
   *
   * @param timesteps T of the model: recordings of events have a frame for each
   */
  public InputConfig trainingInput(int timesteps) {
    return input.equals(EVENTS) ? eventInput(timesteps, eventAugmentation()) : trainingTransform();
  }

  /**
   * The input of the model in validation and evaluation.
   *
   * @param timesteps T of the model: recordings of events have a frame for each
   */
  public InputConfig evaluationInput(int timesteps) {
    return input.equals(EVENTS)
        ? eventInput(timesteps, EventAugmentation.NONE)
        : evaluationTransform();
  }

  private EventConfig eventInput(int timesteps, EventAugmentation augmentation) {
    return new EventConfig(
        timesteps, events.height(), events.width(), events.scale(), augmentation);
  }

  /** The transform of training images. */
  public TransformConfig trainingTransform() {
    return training.toTransform(new PixelNormalisation(mean, std));
  }

  /** The augmentation of training event frames. */
  public EventAugmentation eventAugmentation() {
    EventTraining frames = training.events();
    return new EventAugmentation(
        frames.horizontalFlip(), frames.cropPadding(), frames.roll(), frames.drop());
  }

  /**
   * Refuses augmentation of events for training data of another kind, which would go unheeded.
   *
   * @throws UserException in one line that names the keys
   */
  public void requireAugmentationOf(ContentKind content) {
    if (content != ContentKind.EVENTS && !training.events().equals(EventTraining.NONE)) {
      throw new UserException(
          "data training: expected events.horizontal-flip, events.crop-padding, events.roll and"
              + " events.drop 0 for data of %s, found others; set them so with"
              + " data.training.events.KEY",
          content.plural());
    }
  }

  /** The settings of samples in validation and evaluation, by name: values as in recipes. */
  public SortedMap<String, String> evaluationSettings() {
    SortedMap<String, String> settings = new TreeMap<>();
    if (input.equals(EVENTS)) {
      settings.put("height", Integer.toString(events.height()));
      settings.put("width", Integer.toString(events.width()));
      settings.put("scale", Double.toString(events.scale()));
      return settings;
    }
    settings.put("mean", mean.toString());
    settings.put("std", std.toString());
    settings.put("crop", evaluation.crop());
    Crop crop = evaluation.toCrop();
    if (evaluation.window() != 0) {
      settings.put("window", Integer.toString(evaluation.window()));
      settings.put("stride", Integer.toString(evaluation.stride()));
    }
    if (crop instanceof Crop.Scaled) {
      settings.put("fit", evaluation.fit().toString());
      if (evaluation.paddingMultiple() != 0) {
        settings.put("padding-multiple", Integer.toString(evaluation.paddingMultiple()));
      }
      return settings;
    }
    settings.put("size", Integer.toString(evaluation.size()));
    if (crop instanceof Crop.Centre) {
      settings.put("resize", Integer.toString(evaluation.resize()));
    }
    return settings;
  }

  /** The transform of validation and evaluation images. */
  public TransformConfig evaluationTransform() {
    TransformConfig whole =
        new TransformConfig(
            evaluation.toCrop(),
            0,
            new PixelNormalisation(mean, std),
            ImageAugmentation.NONE,
            evaluation.colour());
    return evaluation.window() == 0
        ? whole
        : whole.in(new SlidingWindow(evaluation.window(), evaluation.stride()));
  }
}
