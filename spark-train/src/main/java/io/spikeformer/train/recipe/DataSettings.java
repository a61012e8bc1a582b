package io.spikeformer.train.recipe;

import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.augment.ColourJitter;
import io.spikeformer.data.augment.EventAugmentation;
import io.spikeformer.data.augment.ImageAugmentation;
import io.spikeformer.data.augment.InterpolationChoice;
import io.spikeformer.data.augment.PhotometricDistortion;
import io.spikeformer.data.augment.RandAugment;
import io.spikeformer.data.augment.RandomErasing;
import io.spikeformer.data.batch.EventConfig;
import io.spikeformer.data.batch.InputConfig;
import io.spikeformer.data.batch.PaddingColour;
import io.spikeformer.data.batch.PixelNormalisation;
import io.spikeformer.data.batch.TransformConfig;
import io.spikeformer.data.geometry.Crop;
import io.spikeformer.data.geometry.Padding;
import io.spikeformer.data.geometry.Resize;
import io.spikeformer.data.geometry.SlidingWindow;
import io.spikeformer.data.geometry.Window;
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
    Training training,
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
   * Augmentation of a training image.
   *
   * @param crop random-resized, padded, scaled or none
   * @param size pixels of the crop's side
   * @param padding pixels around the image, padded crop only
   * @param paddingColour black, or mean: 0 once normalised; of the padded and the scaled crop
   * @param resize most pixels of the short and of the long side of the image before the scaled crop
   * @param jitter smallest and largest factor of that size
   * @param largestClassShare of a scaled crop's labelled pixels, from which on it is drawn again; 1
   *     for no such rule
   * @param scale smallest and largest share of the area, random-resized crop only
   * @param ratio smallest and largest width / height, random-resized crop only
   * @param horizontalFlip probability
   * @param interpolation of the random-resized crop and RandAugment: bicubic, bilinear or random
   * @param randAugment in timm's notation, or none
   * @param colourJitter of brightness, contrast, saturation and, as a fourth number, hue
   * @param photometricDistortion of brightness, contrast, saturation and hue
   * @param randomErasing probability
   * @param events what event frames get instead
   */
  public record Training(
      String crop,
      int size,
      int padding,
      String paddingColour,
      List<Integer> resize,
      List<Double> jitter,
      double largestClassShare,
      List<Double> scale,
      List<Double> ratio,
      double horizontalFlip,
      String interpolation,
      String randAugment,
      List<Double> colourJitter,
      List<Double> photometricDistortion,
      double randomErasing,
      EventTraining events) {
    private static final String NONE = "none";

    /** Takes copies of the lists. */
    public Training {
      if (colourJitter.size() != 3 && colourJitter.size() != 4) {
        throw new IllegalArgumentException(
            Text.format(
                "data training colour-jitter: expected three or four numbers, found %s",
                colourJitter));
      }
      colourJitter = List.copyOf(colourJitter);
      photometricDistortion = distortion(photometricDistortion);
      scale = pair("training scale", scale);
      ratio = pair("training ratio", ratio);
      resize = pair("training resize", resize);
      jitter = pair("training jitter", jitter);
    }

    private Crop toCrop() {
      return switch (crop) {
        case "random-resized" ->
            new Crop.RandomResized(size, scale.get(0), scale.get(1), ratio.get(0), ratio.get(1));
        case "padded" -> new Crop.Padded(size, padding);
        case "scaled" -> scaled();
        case "none" -> new Crop.Whole(size);
        default ->
            throw new IllegalArgumentException(
                Text.format(
                    "data training crop: expected random-resized, padded, scaled or none, found"
                        + " '%s'",
                    crop));
      };
    }

    private Crop scaled() {
      return new Crop.Scaled(
          new Resize.Fit(resize.get(0), resize.get(1), jitter.get(0), jitter.get(1)),
          new Window.Random(size, size, largestClassShare),
          new Padding.Size(size, size));
    }

    private ImageAugmentation toAugmentation() {
      double hue = colourJitter.size() == 4 ? colourJitter.get(3) : 0;
      return new ImageAugmentation(
          InterpolationChoice.of(interpolation),
          randAugment.equals(NONE) ? null : RandAugment.of(randAugment),
          new ColourJitter(colourJitter.get(0), colourJitter.get(1), colourJitter.get(2), hue),
          new PhotometricDistortion(
              photometricDistortion.get(0),
              photometricDistortion.get(1),
              photometricDistortion.get(2),
              photometricDistortion.get(3).intValue()),
          new RandomErasing(randomErasing));
    }

    private static List<Double> distortion(List<Double> values) {
      if (values.size() != 4 || values.get(3) != Math.rint(values.get(3))) {
        throw new IllegalArgumentException(
            Text.format(
                "data training photometric-distortion: expected four numbers, the last one whole,"
                    + " found %s",
                values));
      }
      return List.copyOf(values);
    }
  }

  private static <T> List<T> pair(String what, List<T> values) {
    if (values.size() != 2) {
      throw new IllegalArgumentException(
          Text.format("data %s: expected two numbers, found %s", what, values));
    }
    return List.copyOf(values);
  }

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
   * @param crop centre, fit or none
   * @param size pixels of the crop's side; not of fit
   * @param resize pixels of the short side before a centre crop
   * @param fit most pixels of the short and of the long side, fit only
   * @param window side of the windows in which the model sees a larger result; 0 for one piece
   * @param stride pixels from one window to the next; 0 without windows
   */
  public record Evaluation(
      String crop, int size, int resize, List<Integer> fit, int window, int stride) {
    /** Takes a copy of the list, and checks the windows. */
    public Evaluation {
      fit = pair("evaluation fit", fit);
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
        case "fit" -> Crop.Scaled.fit(fit.get(0), fit.get(1), new Padding.None());
        case "none" -> new Crop.Whole(size);
        default ->
            throw new IllegalArgumentException(
                Text.format(
                    "data evaluation crop: expected centre, fit or none, found '%s'", crop));
      };
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
    return new TransformConfig(
        training.toCrop(),
        training.horizontalFlip(),
        new PixelNormalisation(mean, std),
        training.toAugmentation(),
        PaddingColour.of(training.paddingColour()));
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
        TransformConfig.evaluation(evaluation.toCrop(), new PixelNormalisation(mean, std));
    return evaluation.window() == 0
        ? whole
        : whole.in(new SlidingWindow(evaluation.window(), evaluation.stride()));
  }
}
