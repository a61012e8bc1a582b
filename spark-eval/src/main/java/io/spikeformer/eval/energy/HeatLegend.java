package io.spikeformer.eval.energy;

import io.spikeformer.common.Numbers;
import io.spikeformer.eval.page.Chart;
import io.spikeformer.eval.page.Markup;
import java.util.function.DoubleFunction;

/**
 * The meaning of a heat map's colours. All of them have a square-root scale, so that small values
 * show.
 */
public final class HeatLegend {
  /** Height in pixels, for a legend inside of another picture. */
  public static final double HEIGHT = 19;

  private static final double[] RATES = {0, 0.01, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1};
  private static final double[] SHARES = {0.01, 0.05, 0.25, 0.5, 1};
  private static final double CELL = 46;
  private static final double GROUP_GAP = 14;

  private HeatLegend() {}

  /** The colours of firing rates from 0 to the most that a neuron fires, as cells of a picture. */
  public static void rates(Chart chart, double left, double top, int most) {
    chart.text("row-label", left - 8, top + 14, "rate");
    cells(chart, "heat", left, top, RATES, share -> rate(most * share));
  }

  /** A rate as it stands in a cell. */
  static String rate(double rate) {
    return Numbers.decimals(rate, 2).replaceFirst("^0\\.", ".");
  }

  /** The colours of firing rates as a picture of its own. */
  static void rates(Markup markup, double left, int most) {
    Chart chart =
        Chart.open(
            markup, "Colour scale of the firing rates", left + CELL * RATES.length, HEIGHT + 1);
    rates(chart, left, 0, most);
    chart.close();
  }

  /**
   * The two colours of a matrix as a picture of its own.
   *
   * @param diagonal what the colour on its diagonal means
   * @param beside what the other one means
   */
  public static void shares(Markup markup, String diagonal, String beside) {
    double width = CELL * SHARES.length + GROUP_GAP;
    Chart chart = Chart.open(markup, "Colours of the matrix", 2 * width, 2 * HEIGHT);
    chart.text("legend", 0, 12, diagonal);
    cells(chart, "right", 0, HEIGHT, SHARES, share -> Numbers.percent(share, 0));
    chart.text("legend", width, 12, beside);
    cells(chart, "wrong", width, HEIGHT, SHARES, share -> Numbers.percent(share, 0));
    chart.close();
  }

  private static void cells(
      Chart chart,
      String style,
      double left,
      double top,
      double[] values,
      DoubleFunction<String> print) {
    for (int i = 0; i < values.length; i++) {
      Chart.Box box = new Chart.Box(left + CELL * i, top, CELL - 1, HEIGHT);
      String text = print.apply(values[i]);
      chart.cell(style, box, Math.sqrt(values[i]), text, text);
    }
  }
}
