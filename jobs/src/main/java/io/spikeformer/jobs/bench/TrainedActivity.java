package io.spikeformer.jobs.bench;

import io.spikeformer.model.SpikeformerModel;
import io.spikeformer.model.block.ParameterLayout.Entry;
import io.spikeformer.model.block.ParameterLayout.Kind;
import io.spikeformer.model.config.BlockSpec;
import io.spikeformer.model.config.MaskRcnnHeadSpec;
import io.spikeformer.model.config.NeuronConfig;
import io.spikeformer.model.config.SemanticFpn.Fuse;
import io.spikeformer.model.config.SemanticFpnHeadSpec;
import io.spikeformer.model.kernel.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Makes a model with random parameters fire about as often as a trained one, because kernels that
 * skip what does not fire would else look faster than they are.
 *
 * <p>The shift of the batch normalisation before a layer of neurons decides how often they fire. It
 * is set by the mean rates of each kind of layer that were published for the 55M model at T = 4.
 * Those of a Semantic FPN are about what {@code quickstart --task segmentation} trains at T = 1.
 */
final class TrainedActivity {
  private static final double UPDATED_SHARE = 0.1;
  private static final double WIDEST_DRIVE = 20;
  private static final int HALVINGS = 40;
  private static final double DEVIATIONS = 4;
  private static final double STEP = 0.01;

  /** Of sums over spikes with initial weights, whose variance is about the rate. */
  private static final double PYRAMID_DEVIATION = 0.5;

  /**
   * The activity of the neurons that read a layer.
   *
   * @param rate spikes per neuron and timestep
   * @param deviation of their drive, about its mean
   */
  private record Reading(double rate, double deviation) {}

  /** Normalisations whose output, or the membrane shortcut that it begins, neurons read. */
  private static final Map<Pattern, Reading> BACKBONE =
      Map.of(
          Pattern.compile(".*downsample\\d?/bn"), new Reading(0.36, 1),
          Pattern.compile(".*/(pointwise1|depthwise)\\.bn"), new Reading(0.24, 1),
          Pattern.compile(".*/conv1\\.bn"), new Reading(0.08, 1),
          Pattern.compile(".*/q\\.bn3?"), new Reading(0.16, 1),
          Pattern.compile(".*/k\\.bn3?"), new Reading(0.06, 1),
          Pattern.compile(".*/v\\.bn3?"), new Reading(0.12, 1),
          Pattern.compile(".*/linear1\\.bn"), new Reading(0.02, 1));

  /**
   * Likewise of a Semantic FPN; those of the pyramid are convolutions with a bias where it has no
   * normalisation. The rates are those of one lateral and one scale alone: finer levels read the
   * sum of several laterals, and the classifier that of all scales, so that they fire more often.
   */
  private static final Map<Pattern, Reading> HEAD =
      Map.of(
          Pattern.compile(".*/lateral\\d\\.bn"), new Reading(0.0005, 1),
          Pattern.compile(".*/lateral\\d"), new Reading(0.0005, PYRAMID_DEVIATION),
          Pattern.compile(".*/output\\d\\.bn"), new Reading(0.15, 1),
          Pattern.compile(".*/output\\d"), new Reading(0.15, PYRAMID_DEVIATION),
          Pattern.compile(".*/scale(2\\.0|3\\.[01])\\.bn"), new Reading(0.3, 1),
          Pattern.compile(".*/scale(0\\.0|1\\.0|2\\.1|3\\.2)\\.bn"), new Reading(0.07, 1));

  /**
   * Likewise of a Mask R-CNN: the mean rate at which the energy of its neck and heads is the
   * published one.
   */
  private static final Map<Pattern, Reading> DETECTOR =
      Map.of(
          Pattern.compile(".*/(lateral\\d|output\\d|mask\\d|rpn|fc\\d)\\.bn"),
          new Reading(0.14, 1),
          Pattern.compile(".*/(lateral\\d|output\\d|mask\\d|rpn|fc\\d|mask_up)"),
          new Reading(0.14, PYRAMID_DEVIATION));

  private TrainedActivity() {}

  /** Sets the shifts of the normalisations, and the biases of a pyramid. */
  static void set(SpikeformerModel model) {
    int timesteps = model.config().timesteps();
    set(model, BACKBONE, timesteps);
    List<BlockSpec> blocks = model.config().blocks();
    if (blocks.get(blocks.size() - 1) instanceof SemanticFpnHeadSpec head) {
      set(model, HEAD, head.form().fuse() == Fuse.MEAN ? 1 : timesteps);
    }
    if (blocks.get(blocks.size() - 1) instanceof MaskRcnnHeadSpec head) {
      set(model, DETECTOR, head.form().fuse() == Fuse.MEAN ? 1 : timesteps);
    }
  }

  private static void set(SpikeformerModel model, Map<Pattern, Reading> readings, int timesteps) {
    NeuronConfig neuron = model.config().neuron();
    for (Entry entry : model.layout().entries()) {
      boolean shift = entry.kind() == Kind.NORMALISATION || entry.kind() == Kind.BIAS;
      if (shift && entry.name().endsWith(".bias")) {
        String layer = entry.name().replaceFirst("\\.bias$", "");
        readings.forEach(
            (names, reading) -> {
              if (names.matcher(layer).matches()) {
                fill(model, entry, meanDrive(reading, neuron, timesteps));
              }
            });
      }
    }
  }

  /**
   * Replaces the running statistics, which a few steps leave near where they began, by those of one
   * batch.
   *
   * @param step a training step that changes the running statistics alone
   */
  static void adoptStatistics(SpikeformerModel model, Runnable step) {
    for (Entry entry : statistics(model)) {
      fill(model, entry, 0);
    }
    step.run();
    for (Entry entry : statistics(model)) {
      float[] values = of(model, entry).toArray();
      for (int i = 0; i < values.length; i++) {
        values[i] /= (float) UPDATED_SHARE;
      }
      of(model, entry).put(values);
    }
  }

  private static Tensor of(SpikeformerModel model, Entry entry) {
    return model.state().slice(entry.offset(), entry.length());
  }

  private static Iterable<Entry> statistics(SpikeformerModel model) {
    return model.layout().entries().stream().filter(e -> e.kind() == Kind.STATISTIC).toList();
  }

  private static void fill(SpikeformerModel model, Entry entry, double value) {
    float[] values = new float[Math.toIntExact(entry.length())];
    Arrays.fill(values, (float) value);
    of(model, entry).put(values);
  }

  /** Mean of a normally distributed drive, constant over time, at which neurons fire at a rate. */
  private static double meanDrive(Reading reading, NeuronConfig neuron, int timesteps) {
    double low = -WIDEST_DRIVE;
    double high = WIDEST_DRIVE;
    for (int i = 0; i < HALVINGS; i++) {
      double middle = (low + high) / 2;
      if (rate(middle, reading.deviation(), neuron, timesteps) < reading.rate()) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private static double rate(double mean, double deviation, NeuronConfig neuron, int timesteps) {
    double spikes = 0;
    double neurons = 0;
    for (double z = -DEVIATIONS; z <= DEVIATIONS; z += STEP) {
      double density = Math.exp(-z * z / 2);
      spikes += density * spikes(mean + deviation * z, neuron, timesteps);
      neurons += density * timesteps;
    }
    return spikes / neurons;
  }

  private static int spikes(double drive, NeuronConfig neuron, int timesteps) {
    int largest = neuron.integers() == null ? 0 : neuron.integers().levels();
    int spikes = 0;
    double membrane = 0;
    for (int t = 0; t < timesteps; t++) {
      membrane = (1 - 1 / neuron.tau()) * membrane + neuron.inputScale() * drive;
      if (largest > 0) {
        double share = membrane / neuron.threshold();
        long integer = Math.round(Math.min(Math.max(share, 0), largest));
        spikes += (int) integer;
        membrane -= integer * neuron.threshold();
      } else if (membrane >= neuron.threshold()) {
        spikes++;
        membrane = 0;
      }
    }
    return spikes;
  }
}
