package io.spikeformer.tasks;

import com.fasterxml.jackson.annotation.JsonValue;
import io.spikeformer.common.Numbers;
import java.util.Locale;

/**
 * One figure of a result or of a training, with all that a table or chart needs to show it.
 *
 * @param name key in files that programs read, for example top1
 * @param label in headings, for example Top-1 accuracy
 * @param brief in text and narrow columns, for example top-1
 * @param meaning in a few words, for a figure that is no ratio of counts
 * @param unit how the value is printed
 * @param better whether a higher or a lower value is better
 * @param numerator what was counted; 0 of a value that is no ratio of counts
 * @param denominator among how many; 0 of a value that is no ratio of counts
 * @param value the figure: a fraction is in [0, 1], and NaN where it is undefined
 */
public record Figure(
    String name,
    String label,
    String brief,
    String meaning,
    Unit unit,
    Better better,
    long numerator,
    long denominator,
    double value) {
  /** How a value is printed. */
  public enum Unit {
    /** A share in [0, 1], printed in percent. */
    FRACTION,
    /** A number with four decimals. */
    NUMBER;

    /** A value as tables show it: 97.50 % or 0.0812; {@code undefined} for NaN. */
    public String print(double value) {
      return this == FRACTION ? Numbers.percent(value) : Numbers.decimals(value, 4);
    }

    /** A value at the ticks of a chart: 97.5 % or 0.08. */
    public String shortened(double value) {
      return this == FRACTION ? Numbers.percent(value, 1) : Numbers.plain(value);
    }

    /** A value in what {@link #symbol} says: percent of a fraction. */
    public double scaled(double value) {
      return this == FRACTION ? 100 * value : value;
    }

    /** Behind a heading of scaled values: {@code " %"} or nothing. */
    public String symbol() {
      return this == FRACTION ? " %" : "";
    }

    /** Behind the title of an axis of scaled values: {@code ", %"} or nothing. */
    public String axis() {
      return this == FRACTION ? ", %" : "";
    }

    /** A difference of two values: 2.50 points or 0.0812. */
    public String difference(double value) {
      return this == FRACTION
          ? Numbers.decimals(100 * value, 2) + " points"
          : Numbers.decimals(value, 4);
    }

    /** The word in files. */
    @JsonValue
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Which of two values is better. */
  public enum Better {
    HIGHER,
    LOWER;

    /** The word in files. */
    @JsonValue
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** A share of counts, where more is better; NaN of nothing. */
  public static Figure share(String name, String label, String brief, long hits, long of) {
    return new Figure(
        name, label, brief, "", Unit.FRACTION, Better.HIGHER, hits, of, (double) hits / of);
  }

  /** Whether the value is a ratio of counts, though there may be none yet. */
  public boolean counted() {
    return meaning.isEmpty();
  }

  /** The note below the value: "39 of 40", or its meaning. */
  public String note() {
    return counted() ? Numbers.count(numerator) + " of " + Numbers.count(denominator) : meaning;
  }

  /** The same figure with a value whose counts are unknown. */
  public Figure withValue(double known) {
    return new Figure(name, label, brief, meaning, unit, better, 0, 0, known);
  }

  /** Whether both can stand in one chart: in one unit, and the same one is better. */
  public boolean comparable(Figure other) {
    return unit == other.unit && better == other.better;
  }

  /** Whether this value is better than another of the same figure; NaN never is. */
  public boolean beats(Figure other) {
    return better == Better.HIGHER ? value > other.value : value < other.value;
  }

  /** The value as tables show it: 97.50 % or 0.0812; {@code undefined} for NaN. */
  public String text() {
    return unit.print(value);
  }
}
