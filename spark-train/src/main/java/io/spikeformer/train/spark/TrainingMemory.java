package io.spikeformer.train.spark;

import io.spikeformer.common.UserException;
import io.spikeformer.data.batch.InputConfig;
import io.spikeformer.data.geometry.Size;
import io.spikeformer.eval.spark.ExecutorArithmetic;
import io.spikeformer.eval.spark.MemoryPreflight;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.model.memory.MemoryNeed;
import io.spikeformer.model.memory.Workload;
import io.spikeformer.train.recipe.Recipe;
import io.spikeformer.train.spark.averaging.MeanRdd;
import io.spikeformer.train.spark.averaging.SliceLayout;
import io.spikeformer.train.spark.worker.ReplicaSpec;
import io.spikeformer.train.teacher.TeacherNeed;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Memory that a worker's replica needs, with its share of the replicas of a validation, which run
 * while those of the training are kept. {@link TrainingHeap} has the need of the heaps.
 *
 * @param recipe the whole recipe as YAML
 * @param teacher need of the model that answers for every batch, or null
 * @param validations replicas of a validation for each replica of the training, 0 without one
 */
record TrainingMemory(String recipe, TeacherNeed teacher, int validations)
    implements MemoryPreflight.Demand {

  /** Asks the executors before anything is trained or written, also what they compute with. */
  static List<ExecutorArithmetic> require(
      JavaSparkContext spark,
      Recipe recipe,
      TeacherNeed teacher,
      Validator validator,
      ReplicaSpec replica) {
    TrainingHeap.of(recipe)
        .driver()
        .refusalOnHeap(1, Runtime.getRuntime().maxMemory())
        .ifPresent(
            reason -> {
              throw new UserException(reason);
            });
    int workers = recipe.averaging().workers();
    int trained = MemoryPreflight.sideBySide(spark, workers);
    int validated = MemoryPreflight.sideBySide(spark, Math.max(1, validator.tasks()));
    int validations = validator.tasks() == 0 ? 0 : (validated + trained - 1) / trained;
    return MemoryPreflight.require(
        spark,
        workers,
        replica.kernels(),
        replica.threads(),
        new TrainingMemory(replica.recipe(), teacher, validations));
  }

  @Override
  public MemoryNeed need(Kernels kernels) {
    Recipe known = Recipe.fromYaml(recipe);
    Workload trained = workload(known, known.trainingInput(), kernels);
    int workers = known.averaging().workers();
    int vector = (int) (MemoryNeed.stateBytes(trained) / Float.BYTES);
    MemoryNeed training =
        MemoryNeed.ofTraining(trained, known.recomputation(), known.optimizer().toConfig().name())
            .with(
                new MemoryNeed.Part(
                    "averaging", MeanRdd.bytesOutside(SliceLayout.of(vector, workers), workers)));
    if (known.averaging().delayed()) {
      // of what a worker has sent while it trains on, and of what it sends beside that
      long sent = 2L * known.mostAveragedVectors() * vector * Float.BYTES;
      training = training.with(new MemoryNeed.Part("delayed averaging", sent));
    }
    if (teacher != null) {
      int batch = known.data().batchSize();
      long bytes = teacher.of(batch, known.trainingInput(), kernels).bytes();
      training = training.with(new MemoryNeed.Part("teacher", bytes));
    }
    if (validations == 0) {
      return training;
    }
    long one = MemoryNeed.ofInference(workload(known, known.evaluationInput(), kernels)).bytes();
    return training.with(new MemoryNeed.Part("validation", validations * one));
  }

  @Override
  public Optional<MemoryNeed> heap() {
    return Optional.of(TrainingHeap.of(Recipe.fromYaml(recipe)).worker());
  }

  private static Workload workload(Recipe recipe, InputConfig input, Kernels kernels) {
    int samples = input.batch(recipe.data().batchSize());
    Size largest = input.largest(samples);
    return Workload.of(
        recipe.model().toConfig(), samples, largest.height(), largest.width(), kernels);
  }
}
