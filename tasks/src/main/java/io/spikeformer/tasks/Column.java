package io.spikeformer.tasks;

import java.util.Objects;

/**
 * A column of a file of predictions.
 *
 * @param name of the column
 * @param kind of its values
 * @param shape one value a sample, or a list of them
 */
public record Column(String name, Kind kind, Shape shape) {
  /** The kind of a column's values. */
  public enum Kind {
    /** {@link String}. */
    TEXT,
    /** {@link Integer}. */
    INTEGER,
    /** {@link Float}. */
    FLOAT
  }

  /** How many values a sample has. */
  public enum Shape {
    /** One. */
    SINGLE,
    /** A {@link java.util.List} of them. */
    LIST
  }

  /** Checks that nothing is missing. */
  public Column {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(shape, "shape");
  }
}
