package io.spikeformer.common;

import java.util.Locale;

/** Numbers as the report prints them, independent of the machine's language. */
public final class Numbers {
  private Numbers() {}

  /** 0.7512 as "75.12 %". */
  public static String percent(double fraction) {
    return percent(fraction, 2);
  }

  /** A fraction in percent with a number of decimals. */
  public static String percent(double fraction, int digits) {
    return Double.isNaN(fraction) ? "undefined" : decimals(100 * fraction, digits) + " %";
  }

  /** A fixed number of decimals. */
  public static String decimals(double value, int digits) {
    return Double.isNaN(value)
        ? "undefined"
        : String.format(Locale.ROOT, "%,." + digits + "f", value);
  }

  /** About four significant digits: 32.87, 148.5, 0.0123. */
  public static String significant(double value) {
    double size = Math.abs(value);
    int digits = size >= 1000 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : size >= 1 ? 3 : 4;
    return decimals(value, digits);
  }

  /** Four significant digits without zeros at the end: 32.87, 148.5, 0.01. */
  public static String plain(double value) {
    String digits = significant(value);
    return digits.contains(".") ? digits.replaceFirst("\\.?0+$", "") : digits;
  }

  /** 12345 as "12,345". */
  public static String count(long value) {
    return Text.format("%,d", value);
  }

  /** A share and what it is a share of: "97.50 % of 40". */
  public static String share(double share, long of) {
    return of == 0 ? "none" : percent(share) + " of " + count(of);
  }

  /** 1234567890 operations as "1.23 G". */
  public static String operations(double value) {
    if (value >= 1e9) {
      return significant(value / 1e9) + " G";
    }
    return value >= 1e6 ? significant(value / 1e6) + " M" : significant(value / 1e3) + " k";
  }

  /** A coordinate. */
  public static String px(double value) {
    String text = Text.format("%.2f", value);
    return text.endsWith(".00") ? text.substring(0, text.length() - 3) : text;
  }
}
