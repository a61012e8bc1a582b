package io.spikeformer.eval.spark;

import io.spikeformer.data.detection.IouType;
import io.spikeformer.eval.EvaluationCounts;
import io.spikeformer.model.block.FiringCounts;
import io.spikeformer.model.chip.ExpansionCounts;
import io.spikeformer.tasks.Tasks;
import io.spikeformer.tasks.detection.DetectionCounts;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;

/** The classes that an evaluation sends through Kryo, for runs with registration required. */
public final class EvalKryoClasses {
  private EvalKryoClasses() {}

  /** The classes to give to {@code SparkConf.registerKryoClasses}. */
  public static Class<?>[] all() {
    List<Class<?>> classes =
        new ArrayList<>(
            List.of(
                EvaluationCounts.class,
                FiringCounts.class,
                ExpansionCounts.class,
                DetectionCounts.class,
                IouType.class,
                LabelMapScores.class,
                ScoredImage.class,
                LinkedHashMap.class,
                TreeMap.class,
                TreeSet.class,
                float[].class,
                long[].class));
    Tasks.all().forEach(task -> classes.addAll(task.countTypes()));
    return classes.toArray(Class<?>[]::new);
  }
}
