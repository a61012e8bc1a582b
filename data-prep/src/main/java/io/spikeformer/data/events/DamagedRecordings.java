package io.spikeformer.data.events;

import io.spikeformer.common.Labels;

/** The use of recordings that are cut, or whose time goes back. */
public enum DamagedRecordings {
  /** They are rejected. */
  REJECT("reject"),
  /** The events in front of the damage are kept as if the recording ended there. */
  KEEP_PREFIX("keep-prefix");

  private final String id;

  DamagedRecordings(String id) {
    this.id = id;
  }

  /** The name in options and manifests. */
  public String id() {
    return id;
  }

  /** The choice of a name. */
  public static DamagedRecordings of(String id) {
    return Labels.find("damaged", values(), DamagedRecordings::id, id);
  }
}
