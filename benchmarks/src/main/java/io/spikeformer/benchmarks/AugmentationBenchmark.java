package io.spikeformer.benchmarks;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.spikeformer.common.Text;
import io.spikeformer.data.augment.AugmentOperation;
import io.spikeformer.data.augment.ColourJitter;
import io.spikeformer.data.augment.EventAugmentation;
import io.spikeformer.data.augment.ImageAugmentation;
import io.spikeformer.data.augment.InterpolationChoice;
import io.spikeformer.data.augment.RandAugment;
import io.spikeformer.data.augment.RandomErasing;
import io.spikeformer.data.batch.ImageTransform;
import io.spikeformer.data.batch.PixelNormalisation;
import io.spikeformer.data.batch.TransformConfig;
import io.spikeformer.data.events.EventFrames;
import io.spikeformer.data.geometry.Crop;
import io.spikeformer.data.image.ImageCodec;
import io.spikeformer.data.image.ImageEncoding;
import io.spikeformer.data.image.Interpolation;
import io.spikeformer.data.image.InvalidImageException;
import io.spikeformer.data.image.RgbImage;
import io.spikeformer.data.order.SeededRandom;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongConsumer;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Times decoding, cropping and augmenting of a training sample on one thread. */
@Command(
    name = "benchmarks/augmentations.sh",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    description =
        "Measures the processor time of each augmentation on one thread, the rows in turn; prints"
            + " the median of the rounds in milliseconds for one sample.",
    footerHeading = "%nExample:%n",
    footer = "  benchmarks/augmentations.sh --size 224 --rounds 9")
public final class AugmentationBenchmark implements Runnable {
  private static final int FILE_HEIGHT = 375;
  private static final int FILE_WIDTH = 500;
  private static final int FRAMES = 8;
  private static final int EVENT_SIDE = 128;
  private static final int FILL = 0x7c7468;
  private static final double LEVEL = 9;

  @Option(names = "--size", paramLabel = "N", description = "Pixels of an image's side.")
  private int size = 224;

  @Option(names = "--rounds", paramLabel = "N", description = "Rounds over all rows.")
  private int rounds = 9;

  @Option(names = "--samples", paramLabel = "N", description = "Samples of a row in a round.")
  private int samples = 100;

  @Option(names = "--json", description = "Print one JSON object: milliseconds by row.")
  private boolean json;

  @Spec private CommandSpec spec;

  /** Runs the command line and ends the process with its exit code. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new AugmentationBenchmark()).execute(arguments));
  }

  @Override
  public void run() {
    if (size < 1 || rounds < 1 || samples < 1) {
      throw new CommandLine.ParameterException(
          spec.commandLine(),
          Text.format(
              "expected --size, --rounds and --samples above 0, found %d, %d and %d",
              size, rounds, samples));
    }
    Map<String, LongConsumer> rows = rows();
    Map<String, double[]> times = new LinkedHashMap<>();
    rows.keySet().forEach(name -> times.put(name, new double[rounds]));
    for (int round = -2; round < rounds; round++) {
      for (Map.Entry<String, LongConsumer> row : rows.entrySet()) {
        double milliseconds = measure(row.getValue());
        if (round >= 0) {
          times.get(row.getKey())[round] = milliseconds;
        }
      }
    }
    print(times);
  }

  private void print(Map<String, double[]> times) {
    PrintWriter out = spec.commandLine().getOut();
    Map<String, Double> medians = new LinkedHashMap<>();
    times.forEach(
        (name, measured) -> {
          Arrays.sort(measured);
          medians.put(name, measured[rounds / 2]);
        });
    if (json) {
      out.println(write(medians));
    } else {
      medians.forEach(
          (name, milliseconds) -> out.printf(Locale.ROOT, "%-44s %8.3f ms%n", name, milliseconds));
    }
    out.flush();
  }

  private static String write(Object object) {
    try {
      return new ObjectMapper().writeValueAsString(object);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(Text.format("rows that are not JSON: %s", object), e);
    }
  }

  /** Processor time of one sample, in milliseconds. */
  private double measure(LongConsumer row) {
    long began = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    for (long seed = 0; seed < samples; seed++) {
      row.accept(SeededRandom.mix(seed));
    }
    long took = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - began;
    return took / 1e6 / samples;
  }

  private Map<String, LongConsumer> rows() {
    Map<String, LongConsumer> rows = new LinkedHashMap<>();
    RgbImage image = drawn(size, size);
    wholeWays(rows);
    for (Interpolation interpolation : Interpolation.values()) {
      AugmentOperation.Sampling sampling = new AugmentOperation.Sampling(interpolation, FILL);
      for (AugmentOperation operation : AugmentOperation.values()) {
        boolean geometric = operation.isGeometric();
        if (geometric || interpolation == Interpolation.BICUBIC) {
          double argument =
              operation.argument(
                  LEVEL, AugmentOperation.Scale.INCREASING, AugmentOperation.Direction.FORWARD);
          rows.put(
              operation.name().toLowerCase(Locale.ROOT).replace('_', ' ')
                  + (geometric ? ", " + interpolation.label() : ""),
              seed -> operation.apply(image, argument, sampling));
        }
      }
    }
    RandAugment paper = RandAugment.of("rand-m9-mstd0.5-inc1");
    rows.put(
        "rand-m9-mstd0.5-inc1, bicubic",
        seed -> paper.apply(image, InterpolationChoice.BICUBIC, FILL, new SeededRandom(seed)));
    ColourJitter jitter = new ColourJitter(0.4, 0.4, 0.4, 0);
    rows.put("colour jitter 0.4", seed -> jitter.apply(image, new SeededRandom(seed)));
    ColourJitter hue = new ColourJitter(0, 0, 0, 0.1);
    rows.put("colour jitter, hue 0.1", seed -> hue.apply(image, new SeededRandom(seed)));
    float[] pixels = new float[size * size * RgbImage.CHANNELS];
    RandomErasing erasing = new RandomErasing(1);
    rows.put(
        "random erasing, when it happens",
        seed -> erasing.apply(pixels, 0, size, size, RgbImage.CHANNELS, new SeededRandom(seed)));
    EventFrames frames = frames();
    EventAugmentation events = new EventAugmentation(0.5, 8, 8, 0.75);
    rows.put("events [8, 2, 128, 128]: crop, flip, roll, drop", seed -> events.apply(frames, seed));
    return rows;
  }

  /** From the bytes of a JPEG file of 500 x 375 pixels to normalised pixels. */
  private void wholeWays(Map<String, LongConsumer> rows) {
    Crop crop = Crop.RandomResized.ofSize(size);
    ImageTransform plain =
        new ImageTransform(new TransformConfig(crop, 0.5, PixelNormalisation.IMAGENET));
    ImageTransform paper =
        new ImageTransform(
            new TransformConfig(
                crop,
                0.5,
                PixelNormalisation.IMAGENET,
                new ImageAugmentation(
                    InterpolationChoice.BICUBIC,
                    RandAugment.of("rand-m9-mstd0.5-inc1"),
                    ColourJitter.NONE,
                    new RandomErasing(0.25))));
    float[] out = new float[plain.length()];
    ImageCodec codec = new ImageCodec();
    byte[] file = codec.encode(drawn(FILE_HEIGHT, FILE_WIDTH), ImageEncoding.JPEG);
    RgbImage decoded = decoded(codec, file);
    rows.put("decoding a JPEG of 500 x 375", seed -> decoded(codec, file));
    rows.put("crop, flip, normalise", seed -> plain.apply(decoded, "drawn", seed, out, 0));
    rows.put(
        "the same with the paper's augmentation", seed -> paper.apply(decoded, "", seed, out, 0));
  }

  private static RgbImage decoded(ImageCodec codec, byte[] file) {
    try {
      return codec.decode(file);
    } catch (InvalidImageException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static RgbImage drawn(int height, int width) {
    SeededRandom random = new SeededRandom(1);
    byte[] pixels = new byte[height * width * RgbImage.CHANNELS];
    for (int i = 0; i < pixels.length; i++) {
      int place = i / RgbImage.CHANNELS;
      pixels[i] = (byte) (100 + 60 * Math.sin(place % width / 9.0 + i % 3) + random.nextInt(40));
    }
    return new RgbImage(height, width, pixels);
  }

  /** One pixel in twenty has an event. */
  private static EventFrames frames() {
    SeededRandom random = new SeededRandom(2);
    byte[] counts = new byte[FRAMES * EventFrames.POLARITIES * EVENT_SIDE * EVENT_SIDE];
    for (int i = 0; i < counts.length; i++) {
      counts[i] = (byte) (random.nextInt(20) == 0 ? 1 + random.nextInt(4) : 0);
    }
    return new EventFrames(FRAMES, EVENT_SIDE, EVENT_SIDE, counts);
  }
}
