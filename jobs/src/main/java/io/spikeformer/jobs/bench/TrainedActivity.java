package io.spikeformer.jobs.bench;

import io.spikeformer.model.SpikeformerModel;
import io.spikeformer.model.block.ParameterLayout.Entry;
import io.spikeformer.model.block.ParameterLayout.Kind;
import io.spikeformer.model.config.NeuronConfig;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Makes a model with random parameters fire about as often as a trained one, because kernels that
 * skip what does not fire would else look faster than they are.
 *
 * <p>The shift of the batch normalisation before a layer of neurons decides how often they fire. It
 * is set by the mean rates of each kind of layer that were published for the 55M model at T = 4.
 */
final class TrainedActivity {
  private static final double UPDATED_SHARE = 0.1;
  private static final double WIDEST_DRIVE = 20;
  private static final int HALVINGS = 40;
  private static final double DEVIATIONS = 4;
  private static final double STEP = 0.01;

  /** Normalisations whose output, or the membrane shortcut that it begins, neurons read. */
  private static final Map<Pattern, Double> RATES =
      Map.of(
          Pattern.compile(".*downsample\\d?/bn"), 0.36,
          Pattern.compile(".*/pointwise1\\.bn"), 0.24,
          Pattern.compile(".*/conv1\\.bn"), 0.08,
          Pattern.compile(".*/q\\.bn3"), 0.16,
          Pattern.compile(".*/k\\.bn3"), 0.06,
          Pattern.compile(".*/v\\.bn3"), 0.12,
          Pattern.compile(".*/linear1\\.bn"), 0.02);

  private TrainedActivity() {}

  /** Sets the shifts of the normalisations. */
  static void set(SpikeformerModel model) {
    float[] state = model.state().toArray();
    for (Entry entry : model.layout().entries()) {
      if (entry.kind() == Kind.NORMALISATION && entry.name().endsWith(".bias")) {
        String norm = entry.name().replaceFirst("\\.bias$", "");
        RATES.forEach(
            (names, rate) -> {
              if (names.matcher(norm).matches()) {
                fill(state, entry, meanDrive(rate, model));
              }
            });
      }
    }
    model.state().put(state);
  }

  /**
   * Replaces the running statistics, which a few steps leave near where they began, by those of one
   * batch.
   *
   * @param step a training step that changes the running statistics alone
   */
  static void adoptStatistics(SpikeformerModel model, Runnable step) {
    float[] state = model.state().toArray();
    for (Entry entry : statistics(model)) {
      fill(state, entry, 0);
    }
    model.state().put(state);
    step.run();
    state = model.state().toArray();
    for (Entry entry : statistics(model)) {
      for (int i = 0; i < entry.length(); i++) {
        state[(int) entry.offset() + i] /= (float) UPDATED_SHARE;
      }
    }
    model.state().put(state);
  }

  private static Iterable<Entry> statistics(SpikeformerModel model) {
    return model.layout().entries().stream().filter(e -> e.kind() == Kind.STATISTIC).toList();
  }

  private static void fill(float[] state, Entry entry, double value) {
    for (int i = 0; i < entry.length(); i++) {
      state[(int) entry.offset() + i] = (float) value;
    }
  }

  /** Mean of a normally distributed drive, constant over time, at which neurons fire at a rate. */
  private static double meanDrive(double rate, SpikeformerModel model) {
    double low = -WIDEST_DRIVE;
    double high = WIDEST_DRIVE;
    for (int i = 0; i < HALVINGS; i++) {
      double middle = (low + high) / 2;
      if (rate(middle, model.config().neuron(), model.config().timesteps()) < rate) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private static double rate(double mean, NeuronConfig neuron, int timesteps) {
    double spikes = 0;
    double neurons = 0;
    for (double z = -DEVIATIONS; z <= DEVIATIONS; z += STEP) {
      double density = Math.exp(-z * z / 2);
      spikes += density * spikes(mean + z, neuron, timesteps);
      neurons += density * timesteps;
    }
    return spikes / neurons;
  }

  private static int spikes(double drive, NeuronConfig neuron, int timesteps) {
    int spikes = 0;
    double membrane = 0;
    for (int t = 0; t < timesteps; t++) {
      membrane = (1 - 1 / neuron.tau()) * membrane + neuron.inputScale() * drive;
      if (membrane >= neuron.threshold()) {
        spikes++;
        membrane = 0;
      }
    }
    return spikes;
  }
}
