package io.spikeformer.train;

import io.spikeformer.data.Crop;
import io.spikeformer.data.Normalisation;
import io.spikeformer.data.Task;
import io.spikeformer.data.TransformConfig;
import io.spikeformer.data.augment.ColourJitter;
import io.spikeformer.data.augment.EventAugmentation;
import io.spikeformer.data.augment.ImageAugmentation;
import io.spikeformer.data.augment.InterpolationChoice;
import io.spikeformer.data.augment.RandAugment;
import io.spikeformer.data.augment.RandomErasing;
import io.spikeformer.model.ModelException;
import java.util.List;

/**
 * The recipe's way from samples to batches.
 *
 * @param batchSize samples of a worker's minibatch, &gt;= 1
 * @param dropLast whether an epoch's last, smaller minibatch is left out
 * @param shuffleGroup shards that a worker shuffles together and holds in memory, &gt;= 1
 * @param mean of each channel, for pixels in [0, 1]
 * @param std standard deviation of each channel
 * @param training augmentation
 * @param evaluation what validation and evaluation do to an image
 */
public record DataSettings(
    int batchSize,
    boolean dropLast,
    int shuffleGroup,
    List<Double> mean,
    List<Double> std,
    Training training,
    Evaluation evaluation) {

  /** Validates the ranges. */
  public DataSettings {
    mean = List.copyOf(mean);
    std = List.copyOf(std);
    if (batchSize < 1) {
      throw new IllegalArgumentException("data batch-size: expected >= 1, found " + batchSize);
    }
    if (shuffleGroup < 1) {
      throw new IllegalArgumentException(
          "data shuffle-group: expected >= 1, found " + shuffleGroup);
    }
  }

  /**
   * Augmentation of a training image.
   *
   * @param crop random-resized, padded or none
   * @param size pixels of the crop's side
   * @param padding pixels around the image, padded crop only
   * @param scale smallest and largest share of the area, random-resized crop only
   * @param ratio smallest and largest width / height, random-resized crop only
   * @param horizontalFlip probability
   * @param interpolation of the random-resized crop and RandAugment: bicubic, bilinear or random
   * @param randAugment in timm's notation, or none
   * @param colourJitter of brightness, contrast, saturation and, as a fourth number, hue
   * @param randomErasing probability
   * @param events what event frames get instead
   */
  public record Training(
      String crop,
      int size,
      int padding,
      List<Double> scale,
      List<Double> ratio,
      double horizontalFlip,
      String interpolation,
      String randAugment,
      List<Double> colourJitter,
      double randomErasing,
      Events events) {
    private static final String NONE = "none";

    /** Takes copies of the lists. */
    public Training {
      if (colourJitter.size() != 3 && colourJitter.size() != 4) {
        throw new IllegalArgumentException(
            "data training colour-jitter: expected three or four numbers, found " + colourJitter);
      }
      colourJitter = List.copyOf(colourJitter);
      scale = pair("scale", scale);
      ratio = pair("ratio", ratio);
    }

    private Crop toCrop() {
      return switch (crop) {
        case "random-resized" ->
            new Crop.RandomResized(size, scale.get(0), scale.get(1), ratio.get(0), ratio.get(1));
        case "padded" -> new Crop.Padded(size, padding);
        case "none" -> new Crop.Whole(size);
        default ->
            throw new IllegalArgumentException(
                "data training crop: expected random-resized, padded or none, found '"
                    + crop
                    + "'");
      };
    }

    private ImageAugmentation toAugmentation() {
      double hue = colourJitter.size() == 4 ? colourJitter.get(3) : 0;
      return new ImageAugmentation(
          InterpolationChoice.of(interpolation),
          randAugment.equals(NONE) ? null : RandAugment.of(randAugment),
          new ColourJitter(colourJitter.get(0), colourJitter.get(1), colourJitter.get(2), hue),
          new RandomErasing(randomErasing));
    }

    private static List<Double> pair(String what, List<Double> values) {
      if (values.size() != 2) {
        throw new IllegalArgumentException(
            "data training " + what + ": expected two numbers, found " + values);
      }
      return List.copyOf(values);
    }
  }

  /**
   * Augmentation of event frames, the same for all timesteps.
   *
   * @param cropPadding empty pixels around the frames before a window of their size is cut out
   * @param roll most pixels by which rows and columns are rolled around
   * @param drop probability that events are dropped: by time, by area or at random
   */
  public record Events(int cropPadding, int roll, double drop) {}

  /**
   * What is done to an evaluation image.
   *
   * @param crop centre or none
   * @param size pixels of the crop's side
   * @param resize pixels of the short side before a centre crop
   */
  public record Evaluation(String crop, int size, int resize) {
    private Crop toCrop() {
      return switch (crop) {
        case "centre" -> new Crop.Centre(size, resize);
        case "none" -> new Crop.Whole(size);
        default ->
            throw new IllegalArgumentException(
                "data evaluation crop: expected centre or none, found '" + crop + "'");
      };
    }
  }

  /** The transform of training images. */
  public TransformConfig trainingTransform() {
    return new TransformConfig(
        training.toCrop(),
        training.horizontalFlip(),
        new Normalisation(mean, std),
        training.toAugmentation());
  }

  /** The augmentation of training event frames. */
  public EventAugmentation eventAugmentation() {
    Events events = training.events();
    return new EventAugmentation(
        training.horizontalFlip(), events.cropPadding(), events.roll(), events.drop());
  }

  /**
   * Refuses augmentation that training data of a task cannot have.
   *
   * @throws ModelException in one line that names the key
   */
  public void requireAugmentationOf(Task task) {
    ImageAugmentation images = trainingTransform().augmentation();
    boolean ofEvents = task == Task.EVENTS;
    if (ofEvents && images.changesLevels()) {
      throw misplaced(task, "rand-augment none and colour-jitter [0, 0, 0, 0]");
    } else if (ofEvents && images.erasing().probability() > 0) {
      throw misplaced(task, "random-erasing 0");
    } else if (!ofEvents && !training.events().equals(new Events(0, 0, 0))) {
      throw misplaced(task, "events.crop-padding, events.roll and events.drop 0");
    }
  }

  private static ModelException misplaced(Task task, String expected) {
    return new ModelException(
        "data training: expected "
            + expected
            + " for data of the task "
            + task.id()
            + ", found others; set them so with data.training.KEY");
  }

  /** The transform of validation and evaluation images. */
  public TransformConfig evaluationTransform() {
    return TransformConfig.evaluation(evaluation.toCrop(), new Normalisation(mean, std));
  }
}
