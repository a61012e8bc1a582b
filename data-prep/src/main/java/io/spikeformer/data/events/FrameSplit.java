package io.spikeformer.data.events;

import io.spikeformer.common.Labels;

/**
 * How a recording is cut into T frames. The last frame takes the remainder of the division, as in
 * SpikingJelly, with whose frames published results were obtained.
 */
public enum FrameSplit {
  /** Frame j holds events [j * d, (j + 1) * d) with d = N / T, rounded down. */
  BY_NUMBER("number"),
  /** Frame j holds times [t0 + j * d, t0 + (j + 1) * d) with d = (t1 - t0) / T, rounded down. */
  BY_TIME("time");

  private final String id;

  FrameSplit(String id) {
    this.id = id;
  }

  /** The name in options and manifests. */
  public String id() {
    return id;
  }

  /** The split of a name. */
  public static FrameSplit of(String id) {
    return Labels.find("frame split", values(), FrameSplit::id, id);
  }
}
