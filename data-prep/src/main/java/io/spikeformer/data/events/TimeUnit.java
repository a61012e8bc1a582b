package io.spikeformer.data.events;

import io.spikeformer.common.Labels;

/** The unit of the times in an array, which NumPy's format does not name. */
public enum TimeUnit {
  /** Whole numbers of microseconds, also where they are stored as floats; the usual case. */
  MICROSECONDS("microseconds", 1),
  /** Seconds, as floats; cut to whole microseconds. */
  SECONDS("seconds", 1_000_000);

  private final String id;
  private final int micros;

  TimeUnit(String id, int micros) {
    this.id = id;
    this.micros = micros;
  }

  /** The name in options and manifests. */
  public String id() {
    return id;
  }

  /** The unit of a name. */
  public static TimeUnit of(String id) {
    return Labels.find("time unit", values(), TimeUnit::id, id);
  }

  int micros() {
    return micros;
  }
}
