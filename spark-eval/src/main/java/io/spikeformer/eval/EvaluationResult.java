package io.spikeformer.eval;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.spikeformer.common.UserException;
import io.spikeformer.eval.energy.EnergyAccount;
import io.spikeformer.eval.energy.EnergyConstants;
import io.spikeformer.eval.energy.FiringRates;
import io.spikeformer.eval.energy.LayerFiring;
import io.spikeformer.eval.page.Numbers;
import io.spikeformer.model.block.FiringCounts;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.model.cost.CountingConvention;
import io.spikeformer.model.cost.LayerCosts;
import java.util.ArrayList;
import java.util.List;

/**
 * The result of an evaluation, which the JSON file holds and the report shows. Fractions are in [0,
 * 1]; what has no support is NaN and named in {@link #notes}.
 *
 * @param source what was evaluated on what
 * @param config architecture of the model, its T being the evaluated one
 * @param samples samples
 * @param loss mean loss per sample
 * @param topOne samples whose label has the best logit
 * @param topFive samples whose label is among the five best logits
 * @param topOneByTimestep samples whose label has the best mean logit of the first t timesteps, for
 *     t = 1 to T; the last one is topOne
 * @param calibration confidence and accuracy by bins of the confidence
 * @param classes results by class of the data, in the order of the labels
 * @param confusion nonzero cells of the confusion matrix, row by row
 * @param firing spikes by neuron layer, in the order of the data
 * @param fused energy in the published convention
 * @param asExecuted energy of the operations as they are run
 */
public record EvaluationResult(
    EvaluationSource source,
    NetworkConfig config,
    long samples,
    double loss,
    long topOne,
    long topFive,
    List<Long> topOneByTimestep,
    List<CalibrationBin> calibration,
    List<ClassResult> classes,
    List<Confusion> confusion,
    List<LayerFiring> firing,
    EnergyAccount fused,
    EnergyAccount asExecuted) {

  /** Copies the lists. */
  public EvaluationResult {
    topOneByTimestep = List.copyOf(topOneByTimestep);
    calibration = List.copyOf(calibration);
    classes = List.copyOf(classes);
    confusion = List.copyOf(confusion);
    firing = List.copyOf(firing);
  }

  /**
   * Computes the metrics of counts.
   *
   * @param classNames names of the data's classes, in the order of the labels
   * @throws IllegalArgumentException if counts and names have different numbers of classes, or more
   *     than the model
   */
  public static EvaluationResult of(
      EvaluationSource source,
      NetworkConfig config,
      List<String> classNames,
      EvaluationCounts counts,
      EnergyConstants constants) {
    if (classNames.size() > config.classes() || counts.classes() != classNames.size()) {
      throw new IllegalArgumentException(
          "evaluation: expected up to %s classes of the model, found %s names and counts of %s"
              .formatted(config.classes(), classNames.size(), counts.classes()));
    }
    LayerCosts costs = LayerCosts.of(config, source.height(), source.width());
    FiringRates rates = FiringRates.of(counts.firing());
    return new EvaluationResult(
        source,
        config,
        counts.samples(),
        counts.loss(),
        counts.topOne(),
        counts.topFive(),
        counts.topOneByTimestep(),
        counts.calibration(),
        classes(classNames, counts),
        counts.confusion(),
        firing(counts.firing()),
        EnergyAccount.of(costs, rates, constants, CountingConvention.FUSED),
        EnergyAccount.of(costs, rates, constants, CountingConvention.AS_EXECUTED));
  }

  private static List<ClassResult> classes(List<String> names, EvaluationCounts counts) {
    List<ClassResult> results = new ArrayList<>();
    for (int c = 0; c < names.size(); c++) {
      results.add(
          new ClassResult(
              names.get(c),
              counts.samples(c),
              counts.confused(c, c),
              counts.topFive(c),
              counts.predicted(c)));
    }
    return results;
  }

  private static List<LayerFiring> firing(FiringCounts counts) {
    List<LayerFiring> layers = new ArrayList<>();
    for (String layer : counts.layers()) {
      List<Long> spikes = new ArrayList<>();
      List<Long> neurons = new ArrayList<>();
      for (int t = 0; t < counts.timesteps(); t++) {
        spikes.add(counts.spikes(layer, t));
        neurons.add(counts.neurons(layer, t));
      }
      layers.add(new LayerFiring(layer, spikes, neurons));
    }
    return layers;
  }

  /** Fraction of samples whose label has the best logit; NaN without samples. */
  @JsonProperty(access = JsonProperty.Access.READ_ONLY)
  public double accuracy() {
    return (double) topOne / samples;
  }

  /** Fraction of samples whose label is among the five best logits; NaN without samples. */
  @JsonProperty(access = JsonProperty.Access.READ_ONLY)
  public double topFiveAccuracy() {
    return (double) topFive / samples;
  }

  /** Accuracy of a network that stops after t timesteps, for t = 1 to T; NaN without samples. */
  @JsonProperty(access = JsonProperty.Access.READ_ONLY)
  public List<Double> accuracyByTimestep() {
    return topOneByTimestep.stream().map(right -> (double) right / samples).toList();
  }

  /**
   * Expected calibration error: the mean distance of accuracy and confidence over the bins,
   * weighted by samples (Guo et al., 2017); NaN without samples.
   */
  @JsonProperty(access = JsonProperty.Access.READ_ONLY)
  public double calibrationError() {
    return calibration.stream()
            .mapToDouble(bin -> Math.abs(bin.correct() - bin.confidenceSum()))
            .sum()
        / samples;
  }

  /** Spikes per neuron and timestep over all layers; NaN if nothing was counted. */
  @JsonProperty(access = JsonProperty.Access.READ_ONLY)
  public double firingRate() {
    long spikes = 0;
    long neurons = 0;
    for (LayerFiring layer : firing) {
      spikes += layer.spikes().stream().mapToLong(Long::longValue).sum();
      neurons += layer.neurons().stream().mapToLong(Long::longValue).sum();
    }
    return (double) spikes / neurons;
  }

  /** Classes of the model that could be chosen: those of the data. */
  @JsonProperty(access = JsonProperty.Access.READ_ONLY)
  public int modelClassesUsed() {
    return classes.size();
  }

  /** What a reader should know before trusting a number: undefined metrics and their reason. */
  @JsonProperty(access = JsonProperty.Access.READ_ONLY)
  public List<String> notes() {
    List<String> notes = new ArrayList<>();
    if (samples == 0) {
      notes.add("There are no samples: every metric is undefined (NaN).");
    }
    if (source.classes().maps()) {
      notes.add(
          ("The data's classes were found by %s: logits of %s of the model's %s classes were used,"
                  + " no other class could be chosen.")
              .formatted(
                  source.classes().label(),
                  Numbers.count(classes.size()),
                  Numbers.count(config.classes())));
    }
    if (source.classes() == ClassMatching.UNCHECKED) {
      notes.add(
          "The names of the model's and the data's classes were not compared: they were taken for"
              + " the same, label by label.");
    }
    if (samples < source.available()) {
      notes.add(
          "Only the first %s of %s samples were evaluated."
              .formatted(Numbers.count(samples), Numbers.count(source.available())));
    }
    List<String> empty =
        classes.stream().filter(c -> c.samples() == 0).map(ClassResult::name).toList();
    if (!empty.isEmpty() && samples > 0) {
      notes.add(
          "%s of %s classes have no samples, their accuracy is undefined (NaN): %s."
              .formatted(empty.size(), classes.size(), shortened(empty)));
    }
    long unpredicted = classes.stream().filter(c -> c.predicted() == 0).count();
    if (unpredicted > 0 && samples > 0) {
      notes.add(
          "%s of %s classes were never predicted, their precision is undefined (NaN)."
              .formatted(unpredicted, classes.size()));
    }
    if (samples > 0 && !Double.isFinite(loss)) {
      notes.add("The loss is not finite: some logits are not numbers.");
    }
    if (classes.size() <= EvaluationCounts.BEST) {
      notes.add("With %s classes, top-5 counts every sample.".formatted(classes.size()));
    }
    return notes;
  }

  private static String shortened(List<String> names) {
    int shown = 5;
    String list = String.join(", ", names.subList(0, Math.min(shown, names.size())));
    return names.size() > shown ? list + " and " + (names.size() - shown) + " more" : list;
  }

  /** This result as a JSON object, metrics included; NaN is the text "NaN". */
  public String toJson() {
    return EvaluationJson.write(this);
  }

  /**
   * Reads what {@link #toJson} wrote.
   *
   * @throws UserException if it is not such an object
   */
  public static EvaluationResult fromJson(String json) {
    return EvaluationJson.read(json);
  }
}
