package io.spikeformer.train.watch;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Times as the status page prints them. */
final class TimeText {
  private static final int PER_UNIT = 60;

  private TimeText() {}

  /** A moment in UTC, to the second. */
  static String print(Instant moment) {
    String text = moment.truncatedTo(ChronoUnit.SECONDS).toString();
    return text.replace('T', ' ').replace("Z", " UTC");
  }

  /** A duration in its two largest units: "0:54 min", "2:05 h". */
  static String print(Duration duration) {
    long minutes = duration.toMinutes();
    return minutes >= PER_UNIT
        ? minutes / PER_UNIT + ":" + twoDigits(minutes % PER_UNIT) + " h"
        : minutes + ":" + twoDigits(duration.toSecondsPart()) + " min";
  }

  private static String twoDigits(long value) {
    return value < 10 ? "0" + value : "" + value;
  }
}
