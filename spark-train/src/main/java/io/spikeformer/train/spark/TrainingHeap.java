package io.spikeformer.train.spark;

import io.spikeformer.model.block.ParameterLayout;
import io.spikeformer.model.memory.MemoryNeed;
import io.spikeformer.train.recipe.AveragingSettings;
import io.spikeformer.train.recipe.Recipe;
import io.spikeformer.train.recipe.Transport;
import java.util.ArrayList;
import java.util.List;

/**
 * Memory on Java heaps that a training cannot do without. The averaged state itself lies outside
 * them, except where the driver copies it.
 *
 * @param worker what a worker keeps to itself from round to round, in its task; no parts if nothing
 * @param driver the last copy of the state, and the one that comes for a checkpoint
 */
public record TrainingHeap(MemoryNeed worker, MemoryNeed driver) {

  /** That of a recipe. */
  public static TrainingHeap of(Recipe recipe) {
    long vector = Float.BYTES * ParameterLayout.of(recipe.model().toConfig()).length();
    return new TrainingHeap(
        new MemoryNeed(
            "a worker",
            workerParts(recipe, vector),
            List.of("executors with more memory (spark.executor.memory)")),
        new MemoryNeed(
            "the driver",
            driverParts(recipe, vector),
            List.of("a larger heap (spark.driver.memory)")));
  }

  private static List<MemoryNeed.Part> driverParts(Recipe recipe, long vector) {
    AveragingSettings averaging = recipe.averaging();
    int vectors =
        recipe.mostAveragedVectors()
            + (averaging.outer().active() ? 1 : 0)
            + (averaging.form().isQuantised() ? 1 : 0);
    return List.of(
        new MemoryNeed.Part("state", vectors * vector),
        new MemoryNeed.Part("copy for a checkpoint", vectors * vector));
  }

  private static List<MemoryNeed.Part> workerParts(Recipe recipe, long vector) {
    AveragingSettings averaging = recipe.averaging();
    int moments = recipe.optimizer().toConfig().name().moments();
    List<MemoryNeed.Part> parts = new ArrayList<>();
    if (averaging.delayed()) {
      // slice by slice and as a whole, while a checkpoint is written
      parts.add(new MemoryNeed.Part("own state", 2 * (1 + moments) * vector));
    } else if (averaging.keepsFiles()) {
      if (averaging.keepsMoments()) {
        // those that the round begins with and those that it ends with
        parts.add(new MemoryNeed.Part("kept moments", 2 * moments * vector));
      }
      if (averaging.form().isQuantised()) {
        // behind those moments, in work, and in slices
        parts.add(new MemoryNeed.Part("kept rests", 3 * vector));
      }
      parts.add(new MemoryNeed.Part("sent to the mean", sentBytes(recipe, vector)));
    }
    return parts;
  }

  /** The fewest bytes that a worker sends in a round: with kept moments those lie in no slice. */
  private static long sentBytes(Recipe recipe, long vector) {
    Transport form = recipe.averaging().form();
    int vectors = recipe.averaging().keepsMoments() ? 1 : recipe.mostAveragedVectors();
    long moments = (vectors - 1) * vector * Math.max(Short.SIZE, form.bits()) / Float.SIZE;
    return vector * form.bits() / Float.SIZE + moments;
  }
}
