package io.spikeformer.train;

import io.spikeformer.model.KernelProvider;
import io.spikeformer.model.block.ParameterLayout;
import io.spikeformer.model.block.ParameterLayout.Entry;
import io.spikeformer.model.optim.Schedule;
import io.spikeformer.train.recipe.OuterSettings;
import io.spikeformer.train.recipe.Recipe;
import java.io.Serializable;
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
public final class OuterStep implements Serializable {
  private static final long serialVersionUID = 1L;

  private final OuterSettings settings;

  /** First values of the trained tensors, and the ends of those. */
  private final int[] from;

  private final int[] to;

  /** An outer step for a model with the given layout. */
  public OuterStep(OuterSettings settings, ParameterLayout layout) {
    this.settings = settings;
    List<Entry> trained =
        layout.entries().stream().filter(entry -> entry.kind().trainable()).toList();
    this.from = trained.stream().mapToInt(entry -> (int) entry.offset()).toArray();
    this.to = trained.stream().mapToInt(entry -> (int) (entry.offset() + entry.length())).toArray();
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
   * Makes the step for some values that follow each other.
   *
   * @param first place of the first of them in the state
   * @param start values that the round began with
   * @param values receives the values that the round ends with in the place of the mean
   * @param outer momentum of the values, as far as it goes; receives the new one
   */
  public void apply(int first, float[] start, float[] values, float[] outer) {
    for (int tensor = 0; tensor < from.length; tensor++) {
      int end = Math.min(to[tensor] - first, outer.length);
      for (int i = Math.max(from[tensor] - first, 0); i < end; i++) {
        double change = (double) values[i] - start[i];
        outer[i] = (float) (settings.momentum() * outer[i] + change);
        double step = settings.nesterov() ? settings.momentum() * outer[i] + change : outer[i];
        values[i] = (float) (start[i] + settings.rate() * step);
      }
    }
  }
}
