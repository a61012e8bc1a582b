package io.spikeformer.train.spark;

import io.spikeformer.common.Text;
import io.spikeformer.data.batch.InputConfig;
import io.spikeformer.data.shard.ShardManifest;
import io.spikeformer.model.KernelProvider;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.model.memory.MemoryNeed;
import io.spikeformer.model.memory.Workload;
import io.spikeformer.model.optim.Schedule;
import io.spikeformer.train.EpochPlan;
import io.spikeformer.train.StartingPoint;
import io.spikeformer.train.recipe.Recipe;
import io.spikeformer.train.recipe.Transport;
import io.spikeformer.train.teacher.TeacherFile;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The plan of a training, found from recipe, data and output folder: no Spark, nothing trained,
 * nothing written.
 *
 * @param recipe the recipe
 * @param data manifest of the training split
 * @param validationSamples samples of the validation split, 0 without one
 * @param plan how an epoch falls into rounds
 * @param shares samples and shards of each worker in the first epoch
 * @param threads native threads of a task that the memory is counted for
 * @param memory outside the heap for one worker's replica, and its share of a validation
 * @param teacher who answers for the training images and how, or empty
 * @param stateBytes bytes that travel: parameters, statistics, and the moments if they are
 *     averaged; of moments that are averaged at intervals, the mean over the rounds
 */
public record TrainingPreview(
    Recipe recipe,
    ShardManifest data,
    long validationSamples,
    EpochPlan plan,
    List<Share> shares,
    int threads,
    MemoryNeed memory,
    String teacher,
    long stateBytes) {
  private static final Logger LOG = LoggerFactory.getLogger(TrainingPreview.class);

  /** Samples of a worker in the first epoch, and the shards that they are in. */
  public record Share(int samples, int shards) {}

  /**
   * Looks ahead, and refuses what a training would refuse as far as that shows without executors.
   *
   * @throws RuntimeException in one line if data, recipe and output folder do not fit together
   */
  public static TrainingPreview of(
      Recipe recipe, TrainingPlaces places, TrainingOptions options, Configuration hadoop) {
    TrainingInputs inputs = TrainingInputs.of(recipe, places, options, hadoop, LOG::warn);
    if (inputs.reached().isEmpty()) {
      StartingPoint.source(
          recipe, recipe.toTask().names(inputs.shards().manifest().classes()), hadoop, LOG::warn);
    }
    ShardManifest data = inputs.shards().manifest();
    long validation = inputs.validation() == null ? 0 : inputs.validation().manifest().accepted();
    int threads = Math.max(1, options.threads());
    try (Kernels kernels = KernelProvider.create(options.kernels(), threads)) {
      TeacherFile teacher = inputs.teacher();
      TrainingMemory memory =
          new TrainingMemory(
              recipe.toYaml(), teacher == null ? null : teacher.need(), validation > 0 ? 1 : 0);
      InputConfig input = recipe.trainingInput();
      Workload one =
          Workload.of(recipe.model().toConfig(), 1, input.height(), input.width(), kernels);
      return new TrainingPreview(
          recipe,
          data,
          validation,
          inputs.plan(),
          shares(recipe, inputs.plan()),
          threads,
          memory.need(kernels),
          describe(recipe, teacher, data),
          Math.round(recipe.meanVectors() * MemoryNeed.stateBytes(one)));
    }
  }

  private static String describe(Recipe recipe, TeacherFile teacher, ShardManifest data) {
    if (teacher != null) {
      return Text.format(
          "%s (%s) answers during training, for the augmented images",
          teacher.file(), teacher.describe());
    }
    return recipe.distillation().fromColumn()
        ? Text.format(
            "%s answered in the shards, for the images without augmentation",
            data.source().teacher().file())
        : "";
  }

  private static List<Share> shares(Recipe recipe, EpochPlan plan) {
    return IntStream.range(0, recipe.averaging().workers())
        .mapToObj(worker -> new Share(plan.samples(worker), plan.shards(worker)))
        .toList();
  }

  /** Memory of the Java heaps. */
  public TrainingHeap heap() {
    return TrainingHeap.of(recipe);
  }

  /** The learning rate of each step. */
  public Schedule schedule() {
    return recipe.schedule().toSchedule(plan.steps(), recipe.samplesPerStep());
  }

  /**
   * Bytes that cross the network in a round if every worker has an executor of its own: each one's
   * slices on their way to the mean, which bfloat16 halves, and the mean to each, except what
   * executors form themselves. Of integers, the statistics and the units of groups are left out,
   * which are a few percent.
   */
  public long networkBytes() {
    Transport form = recipe.averaging().form();
    double whole = stateBytes;
    double toTheMean = whole * Math.max(form.bits(), Short.SIZE) / Float.SIZE;
    double toTheWorkers = whole;
    if (form.isQuantised()) {
      double model = whole / recipe.meanVectors();
      toTheMean += model * (form.bits() - Short.SIZE) / Float.SIZE;
      toTheWorkers = toTheMean;
    }
    return Math.round((recipe.averaging().workers() - 1) * (toTheWorkers + toTheMean));
  }
}
