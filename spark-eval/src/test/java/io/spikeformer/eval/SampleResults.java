package io.spikeformer.eval;

import io.spikeformer.eval.energy.EnergyConstants;
import io.spikeformer.model.checkpoint.Arithmetic;
import io.spikeformer.model.config.MetaSpikeFormerConfig;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.model.config.NeuronConfig;
import io.spikeformer.model.cost.LayerCosts;
import io.spikeformer.tasks.ModelClasses;
import io.spikeformer.tasks.Scoring;
import io.spikeformer.tasks.classification.Classification;
import io.spikeformer.tasks.classification.ClassificationCounts;
import io.spikeformer.tasks.classification.ClassificationResult;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.stream.IntStream;

/** Seeded results for tests that do not run a model. */
final class SampleResults {
  private SampleResults() {}

  /** Counts without samples and spikes. */
  static EvaluationCounts empty(int classes, int timesteps) {
    return new EvaluationCounts(new ClassificationCounts(classes, timesteps), timesteps);
  }

  /** Adds a batch of a shard. */
  static void add(
      EvaluationCounts counts, int shard, float[] logits, int[] labels, double meanLoss) {
    ((ClassificationCounts) counts.task()).add(logits, labels);
    counts.add(shard, labels.length, OptionalDouble.of(meanLoss));
  }

  /** What the task says of a result. */
  static ClassificationResult classes(EvaluationResult result) {
    return (ClassificationResult) result.outcome();
  }

  private static EvaluationResult result(
      EvaluationSource source, EvaluationCounts counts, List<String> names, int timesteps) {
    Scoring scoring =
        new Classification().scoring(new ModelClasses("model", names), names.size(), "data", names);
    return EvaluationResult.of(
        "classification",
        source,
        config(names.size(), timesteps),
        counts,
        scoring.result(counts.task()),
        EnergyConstants.NANOMETRES_45);
  }

  /** Counts without samples, with spikes of every neuron layer. */
  static EvaluationCounts counts(int classes, int timesteps) {
    EvaluationCounts counts = empty(classes, timesteps);
    Random random = new Random(11);
    for (String layer : LayerCosts.neuronLayers(config(classes, timesteps))) {
      for (int t = 0; t < timesteps; t++) {
        counts.firing().add(layer, t, random.nextInt(500), 1000);
      }
    }
    return counts;
  }

  static EvaluationResult result(EvaluationCounts counts, int classes, int timesteps) {
    List<String> names = IntStream.range(0, classes).mapToObj(c -> "class " + c).toList();
    return result(
        new EvaluationSource("checkpoint", "shards", "", counts.samples(), 32, 32, List.of()),
        counts,
        names,
        timesteps);
  }

  /** The same result of integers, with a run on spikes of one image in which two layers fired. */
  static EvaluationResult expanded(EvaluationResult result) {
    List<SlotFiring> slots =
        List.of(
            new SlotFiring("stage1.downsample2", 8, List.of(6L, 5L, 3L, 2L)),
            new SlotFiring("head", 4, List.of(1L, 0L, 0L, 0L)));
    return with(
        result,
        result.source(),
        result.config().withNeuron(NeuronConfig.integer(4)),
        result.loss(),
        Optional.of(new Expansion(1, 1, 0, 12, 0, Map.of("head.linear", 10L), slots)));
  }

  /** The same result of a task whose evaluations have no loss. */
  static EvaluationResult withoutLoss(EvaluationResult result) {
    return with(result, result.source(), result.config(), OptionalDouble.empty(), Optional.empty());
  }

  /** The same result on data of another name and checksum. */
  static EvaluationResult on(String data, String checksum, EvaluationResult result) {
    EvaluationSource source = result.source();
    EvaluationSource other =
        new EvaluationSource(
            source.model(),
            data,
            checksum,
            source.available(),
            source.height(),
            source.width(),
            source.arithmetic());
    return with(result, other, result.config(), result.loss(), Optional.empty());
  }

  private static EvaluationResult with(
      EvaluationResult result,
      EvaluationSource source,
      NetworkConfig config,
      OptionalDouble loss,
      Optional<Expansion> expansion) {
    return new EvaluationResult(
        result.task(),
        source,
        config,
        result.samples(),
        loss,
        result.outcome(),
        result.firing(),
        result.fused(),
        result.asExecuted(),
        expansion);
  }

  static MetaSpikeFormerConfig config(int classes, int timesteps) {
    return MetaSpikeFormerConfig.preset("tiny").toBuilder()
        .classes(classes)
        .timesteps(timesteps)
        .build();
  }

  /** A result of 40 samples per class, of which about 70 % are recognised. */
  static EvaluationResult random(List<String> names, int timesteps) {
    int classes = names.size();
    Random random = new Random(3);
    EvaluationCounts counts = counts(classes, timesteps);
    for (int label = 0; label < classes; label++) {
      int[] labels = new int[40];
      float[] logits = new float[40 * classes];
      for (int i = 0; i < labels.length; i++) {
        labels[i] = label;
        for (int c = 0; c < classes; c++) {
          logits[i * classes + c] = (float) random.nextGaussian();
        }
        logits[i * classes + label] += 2.2f;
        logits[i * classes + (label + 1) % classes] += label % 4 == 0 ? 1 : 0;
      }
      add(counts, label, logits, labels, 0.8);
      ((ClassificationCounts) counts.task()).addTimesteps(steps(logits, timesteps, random), labels);
    }
    return result(
        new EvaluationSource(
            "runs/cifar10-tiny-t4/checkpoints/round-01950",
            "data/test",
            "",
            counts.samples(),
            32,
            32,
            List.of(
                new Arithmetic(2, "fast", 256, List.of("avx", "avx2")),
                new Arithmetic(2, "fast", 512, List.of("avx", "avx2", "avx512_core")))),
        counts,
        names,
        timesteps);
  }

  /** Logits of every timestep with a given mean. */
  private static float[] steps(float[] mean, int timesteps, Random random) {
    float[] steps = new float[timesteps * mean.length];
    for (int i = 0; i < mean.length; i++) {
      double sum = 0;
      for (int t = 0; t + 1 < timesteps; t++) {
        steps[t * mean.length + i] = mean[i] + (float) random.nextGaussian();
        sum += steps[t * mean.length + i];
      }
      steps[(timesteps - 1) * mean.length + i] = (float) (timesteps * (double) mean[i] - sum);
    }
    return steps;
  }
}
