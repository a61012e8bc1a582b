package io.spikeformer.train;

import io.spikeformer.model.KernelProvider;
import io.spikeformer.model.block.ParameterLayout;
import io.spikeformer.model.block.ParameterLayout.Entry;
import io.spikeformer.model.optim.Schedule;
import io.spikeformer.train.recipe.OuterSettings;
import io.spikeformer.train.recipe.Recipe;
import java.util.List;

/**
 * Outer momentum on the averaged step, as in block momentum (BMUF, Chen and Huo 2016) and SlowMo
 * (Wang et al. 2020):
 *
 * <pre>u' = momentum u + (mean - start);  next = start + rate u'</pre>
 *
 * <p>for the trained parameters. With {@code nesterov}, the step looks ahead as in DiLoCo
 * (Douillard et al. 2023), whose outer optimizer is SGD with Nesterov momentum:
 *
 * <pre>next = start + rate (momentum u' + (mean - start))</pre>
 *
 * <p>Running statistics and optimizer moments are those of the mean: extrapolating a variance may
 * make it negative. SlowMo divides the difference by the learning rate and multiplies u' by it
 * again, which is the same while the learning rate stays the same.
 */
public final class OuterStep {
  private final OuterSettings settings;
  private final List<Entry> trained;

  /** An outer step for a model with the given layout. */
  public OuterStep(OuterSettings settings, ParameterLayout layout) {
    this.settings = settings;
    this.trained = layout.entries().stream().filter(entry -> entry.kind().trainable()).toList();
  }

  /** The outer step of a recipe. */
  public static OuterStep of(Recipe recipe) {
    if (!recipe.averaging().outer().active()) {
      return new OuterStep(OuterSettings.NONE, new ParameterLayout(List.of()));
    }
    try (LocalTrainer trainer =
        new LocalTrainer(
            recipe, Schedule.cosine(1, 0, 0, 1), KernelProvider.create("reference", 1))) {
      return new OuterStep(recipe.averaging().outer(), trainer.layout());
    }
  }

  /**
   * The state that follows a round.
   *
   * @param start the state that the round began with, and the momentum
   * @param mean the mean of the workers' states
   */
  public TrainingState apply(TrainingState start, TrainingState mean) {
    if (!settings.active()) {
      return mean;
    }
    float[] before = start.values();
    float[] next = mean.values().clone();
    float[] outer = start.outer().clone();
    for (Entry entry : trained) {
      int end = (int) (entry.offset() + entry.length());
      for (int i = (int) entry.offset(); i < end; i++) {
        double change = (double) next[i] - before[i];
        outer[i] = (float) (settings.momentum() * outer[i] + change);
        double step = settings.nesterov() ? settings.momentum() * outer[i] + change : outer[i];
        next[i] = (float) (before[i] + settings.rate() * step);
      }
    }
    return new TrainingState(mean.step(), next, outer);
  }
}
