package io.spikeformer.tasks.classification;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.spikeformer.data.batch.Batch;
import io.spikeformer.data.batch.TargetMaker;
import io.spikeformer.data.sample.TruthKind;
import io.spikeformer.model.ClassLogits;
import io.spikeformer.model.CrossEntropy;
import io.spikeformer.model.Outputs;
import io.spikeformer.model.Ranking;
import io.spikeformer.model.TrainingLoss;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.tasks.BatchLoss;
import io.spikeformer.tasks.Figure;
import io.spikeformer.tasks.HeadKind;
import io.spikeformer.tasks.Hits;
import io.spikeformer.tasks.LossSettings;
import io.spikeformer.tasks.ModelClasses;
import io.spikeformer.tasks.Scoring;
import io.spikeformer.tasks.Task;
import io.spikeformer.tasks.TaskResult;
import io.spikeformer.tasks.Tasks;
import io.spikeformer.tasks.Teaching;
import io.spikeformer.tasks.TrainingDraw;
import java.util.List;
import java.util.Optional;

/**
 * One class a sample.
 *
 * @param matching how the classes of data are found among a model's: {@link ClassMatching#ORDER},
 *     or the way to map them
 */
public record Classification(ClassMatching matching) implements Task {
  /** With the model's classes in the model's order. */
  public Classification() {
    this(ClassMatching.ORDER);
  }

  @Override
  public String id() {
    return Tasks.CLASSIFICATION;
  }

  @Override
  public TruthKind truth() {
    return TruthKind.CLASS_LABEL;
  }

  @Override
  public TargetMaker targets() {
    return ClassTargets::of;
  }

  @Override
  public Optional<String> misfit(NetworkConfig network) {
    return HeadKind.of(network).misfit(id(), "a head that gives one class", "");
  }

  @Override
  public BatchLoss loss(
      NetworkConfig network,
      Batch batch,
      LossSettings settings,
      Teaching teaching,
      TrainingDraw draw) {
    int[] labels = ClassTargets.labelsOf(batch);
    CrossEntropy crossEntropy = new CrossEntropy(settings.labelSmoothing());
    TrainingLoss loss =
        teaching
            .taught()
            .map(
                logits ->
                    teaching
                        .distillation()
                        .loss(labels, logits.length / labels.length, crossEntropy, logits))
            .orElseGet(() -> crossEntropy.on(labels));
    return (outputs, kernels) -> new BatchLoss.Judgement(loss.loss(outputs), hits(outputs, labels));
  }

  @Override
  public boolean teachable() {
    return true;
  }

  private static Hits hits(Outputs outputs, int[] labels) {
    float[] logits = ClassLogits.mean(outputs);
    int classes = logits.length / labels.length;
    long right = 0;
    for (int b = 0; b < labels.length; b++) {
      right += Ranking.best(logits, b * classes, classes) == labels[b] ? 1 : 0;
    }
    return new Hits(right, labels.length);
  }

  @Override
  public Figure trainingFigure(long hits, long of) {
    return Figure.share("accuracy", "Top-1 accuracy", "top-1", hits, of);
  }

  /** Samples whose label has the best logit. */
  public static Figure topOne(long hits, long of) {
    return Figure.share("top1", "Top-1 accuracy", "top-1", hits, of);
  }

  /** Samples whose label is among the five best logits. */
  public static Figure topFive(long hits, long of) {
    return Figure.share("top5", "Top-5 accuracy", "top-5", hits, of);
  }

  @Override
  public List<String> names(List<String> classes) {
    return classes;
  }

  @Override
  public int outputs(List<String> classes) {
    return classes.size();
  }

  @Override
  public Scoring scoring(ModelClasses model, int outputs, String data, List<String> classes) {
    ClassMap map = ClassMap.of(model, outputs, matching, data, classes);
    return new ClassificationScoring(map, outputs, model.warning(data).orElse(""));
  }

  @Override
  public TaskResult read(ObjectNode evaluation) throws JsonProcessingException {
    return ClassificationResult.read(evaluation);
  }

  @Override
  public List<Class<?>> countTypes() {
    return List.of(ClassificationCounts.class, CalibrationCounts.class, ConfusionCounts.class);
  }
}
