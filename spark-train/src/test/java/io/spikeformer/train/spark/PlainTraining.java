package io.spikeformer.train.spark;

import io.spikeformer.data.batch.Batch;
import io.spikeformer.data.batch.BatchReader;
import io.spikeformer.data.batch.ImageTransform;
import io.spikeformer.data.batch.ReadOptions;
import io.spikeformer.data.batch.ShardCache;
import io.spikeformer.data.shard.ShardSet;
import io.spikeformer.model.KernelProvider;
import io.spikeformer.tasks.classification.ClassTargets;
import io.spikeformer.train.EpochPlan;
import io.spikeformer.train.LocalTrainer;
import io.spikeformer.train.recipe.Recipe;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;

/** Workers in plain loops, without Spark. */
final class PlainTraining {
  private PlainTraining() {}

  static LocalTrainer trainer(Recipe recipe, int[] rows) {
    return new LocalTrainer(
        recipe,
        recipe.schedule().toSchedule(new EpochPlan(recipe, rows).steps(), recipe.samplesPerStep()),
        KernelProvider.create("auto", 1));
  }

  static List<Batch> batches(
      Recipe recipe, String split, EpochPlan plan, int worker, int epoch, int round) {
    ShardCache cache =
        new ShardCache(ShardSet.open(split, new Configuration()), ShardCache.DEFAULT_BYTES);
    ReadOptions options = ReadOptions.of(recipe.data().batchSize(), recipe.seed(), epoch);
    ImageTransform transform = new ImageTransform(recipe.data().trainingTransform());
    List<Batch> batches = new ArrayList<>();
    try (BatchReader reader =
        new BatchReader(
            cache, plan.samples(worker, epoch, round), transform, ClassTargets::of, options)) {
      reader.forEachRemaining(batches::add);
    }
    return batches;
  }
}
