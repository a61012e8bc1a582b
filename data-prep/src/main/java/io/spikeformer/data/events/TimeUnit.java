package io.spikeformer.data.events;

/** The unit of the times in an array, which NumPy's format does not name. */
public enum TimeUnit {
  /** Whole numbers of microseconds, also where they are stored as floats; the usual case. */
  MICROSECONDS(1),
  /** Seconds, as floats; cut to whole microseconds. */
  SECONDS(1_000_000);

  private final int micros;

  TimeUnit(int micros) {
    this.micros = micros;
  }

  int micros() {
    return micros;
  }
}
