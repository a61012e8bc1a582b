package io.spikeformer.tasks.classification;

import io.spikeformer.data.batch.TargetMaker;
import io.spikeformer.model.ClassLogits;
import io.spikeformer.model.CrossEntropy;
import io.spikeformer.model.Outputs;
import io.spikeformer.model.Ranking;
import io.spikeformer.tasks.Answered;
import io.spikeformer.tasks.Column;
import io.spikeformer.tasks.Column.Kind;
import io.spikeformer.tasks.Column.Shape;
import io.spikeformer.tasks.Counts;
import io.spikeformer.tasks.Scored;
import io.spikeformer.tasks.Scoring;
import io.spikeformer.tasks.TaskResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Scores logits by the labels of data.
 *
 * @param map which of the model's logits answer for the data's classes
 * @param modelClasses number of the model's logits
 * @param unchecked what to say if classes were not compared; else empty
 */
record ClassificationScoring(ClassMap map, int modelClasses, String unchecked) implements Scoring {
  private static final long serialVersionUID = 1;

  /** The cross-entropy of an evaluation has no label smoothing. */
  private static final CrossEntropy LOSS = new CrossEntropy(0);

  @Override
  public TargetMaker targets() {
    return ClassTargets::of;
  }

  @Override
  public Counts counts(int timesteps) {
    return new ClassificationCounts(classes(), timesteps);
  }

  private int classes() {
    return map.names().size();
  }

  @Override
  public Scored add(Counts counts, Answered answered) {
    int[] labels = ClassTargets.labelsOf(answered.batch());
    Outputs outputs = answered.outputs();
    ClassificationCounts sums = (ClassificationCounts) counts;
    float[] logits = map.restrict(ClassLogits.mean(outputs), modelClasses);
    sums.add(logits, labels);
    sums.addTimesteps(map.restrict(ClassLogits.timesteps(outputs), modelClasses), labels);
    OptionalDouble loss = OptionalDouble.of(LOSS.loss(logits, labels, classes(), null));
    return new Scored(loss, () -> rows(labels, logits));
  }

  @Override
  public List<Column> columns() {
    return List.of(
        new Column("label", Kind.INTEGER, Shape.SINGLE),
        new Column("label_name", Kind.TEXT, Shape.SINGLE),
        new Column("top5", Kind.INTEGER, Shape.LIST),
        new Column("top5_names", Kind.TEXT, Shape.LIST),
        new Column("logits", Kind.FLOAT, Shape.LIST));
  }

  private List<List<?>> rows(int[] labels, float[] logits) {
    List<List<?>> rows = new ArrayList<>();
    for (int i = 0; i < labels.length; i++) {
      List<Integer> best =
          Ranking.best(logits, i * classes(), classes(), ClassificationCounts.BEST);
      List<Float> all = new ArrayList<>();
      for (int c = 0; c < classes(); c++) {
        all.add(logits[i * classes() + c]);
      }
      List<String> names = best.stream().map(map.names()::get).toList();
      rows.add(List.of(labels[i], map.names().get(labels[i]), best, names, all));
    }
    return rows;
  }

  @Override
  public TaskResult result(Counts counts) {
    return ClassificationResult.of((ClassificationCounts) counts, map, modelClasses);
  }

  @Override
  public Optional<String> warning() {
    return map.matching() == ClassMatching.UNCHECKED ? Optional.of(unchecked) : Optional.empty();
  }
}
