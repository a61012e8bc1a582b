package io.spikeformer.eval.energy;

import io.spikeformer.common.Labels;
import java.util.Locale;

/** How a layer with real-valued input, the first convolution, is counted. */
public enum RealInput {
  /** A multiplication and an addition per operation at every timestep: the published figures. */
  EVERY_TIMESTEP,
  /** The same at the first timestep alone: a static image gives the same result at each. */
  ONCE,
  /** Not at all: the image is taken to arrive as currents. */
  FREE;

  /** As it is written on the command line: every-timestep, once or free. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * The way of a label.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static RealInput of(String label) {
    return Labels.find("first layer", values(), RealInput::label, label);
  }
}
