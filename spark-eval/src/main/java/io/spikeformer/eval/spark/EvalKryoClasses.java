package io.spikeformer.eval.spark;

import io.spikeformer.eval.EvaluationCounts;
import io.spikeformer.model.block.FiringCounts;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.TreeMap;

/** What an evaluation sends through Kryo, for runs with registration required. */
public final class EvalKryoClasses {
  private EvalKryoClasses() {}

  /** The classes to give to {@code SparkConf.registerKryoClasses}. */
  public static Class<?>[] all() {
    List<Class<?>> classes =
        new ArrayList<>(
            List.of(
                EvaluationCounts.class,
                FiringCounts.class,
                LinkedHashMap.class,
                TreeMap.class,
                float[].class,
                long[].class));
    classes.addAll(EvaluationCounts.parts());
    return classes.toArray(Class<?>[]::new);
  }
}
