package io.spikeformer.jobs.bench;

import io.spikeformer.common.Labels;
import java.util.Locale;

/** How often the neurons of a benchmark's random network fire. */
public enum Activity {
  /** As often as those of a trained model. */
  TRAINED,
  /** As often as the initial parameters make them: seldom in training, hardly ever in inference. */
  FRESH;

  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The choice of a label.
   *
   * @throws IllegalArgumentException for any other word, naming the accepted ones
   */
  public static Activity of(String label) {
    return Labels.find("activity", values(), Activity::label, label);
  }
}
