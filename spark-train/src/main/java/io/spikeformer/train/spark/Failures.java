package io.spikeformer.train.spark;

import io.spikeformer.common.UserException;
import org.apache.spark.SparkException;

/** Spark's failures in one line. */
final class Failures {
  private Failures() {}

  /**
   * The line of this project's own failure if Spark has wrapped one, else the first line of what
   * Spark says; stack traces of tasks follow there.
   */
  static String describe(Exception failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof UserException) {
        return cause.getMessage();
      }
    }
    String told = failure instanceof SparkException ? failure.getMessage() : failure.toString();
    return told.lines().findFirst().orElse("");
  }
}
