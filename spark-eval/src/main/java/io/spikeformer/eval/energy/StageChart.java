package io.spikeformer.eval.energy;

import io.spikeformer.common.Numbers;
import io.spikeformer.common.Text;
import io.spikeformer.eval.page.Chart;
import io.spikeformer.eval.page.Markup;
import java.util.List;
import java.util.Map;

/** The energy of a spiking network and of its ANN equivalent, each one bar stacked by stage. */
public final class StageChart {
  private static final double WIDTH = 500;
  private static final double ROW = 46;
  private static final double BAR = 20;

  private final Chart chart;
  private final EnergyUnit unit;
  private final double longest;

  private StageChart(Chart chart, EnergyUnit unit, double longest) {
    this.chart = chart;
    this.unit = unit;
    this.longest = longest;
  }

  /** Draws two bars, divided into stages: the spiking network above its ANN equivalent. */
  public static void draw(Markup markup, EnergyAccount account, EnergyUnit unit) {
    Map<String, Double> spiking = account.millijoulesPerStage();
    Map<String, Double> ann = account.annMillijoulesPerStage();
    double longest = Math.max(account.millijoules(), account.annMillijoules());
    String title =
        "Energy by stage, " + account.convention().label() + ": spiking network and ANN equivalent";
    Chart chart = Chart.open(markup, title, WIDTH, 2 * ROW + 24);
    StageChart stages = new StageChart(chart, unit, longest);
    stages.row(0, "Spiking, T = " + account.timesteps(), spiking);
    stages.row(ROW, "ANN equivalent", ann);
    stages.legend(List.copyOf(spiking.keySet()));
    chart.close();
  }

  private void row(double y, String label, Map<String, Double> stages) {
    double total = stages.values().stream().mapToDouble(Double::doubleValue).sum();
    chart.text("bar-title", 0, y + 12, label);
    chart.text("value", WIDTH, y + 12, unit.print(total));
    double x = 0;
    int index = 0;
    for (Map.Entry<String, Double> stage : stages.entrySet()) {
      double width = longest > 0 ? WIDTH * stage.getValue() / longest : 0;
      String tooltip =
          Text.format(
              "%s, %s: %s (%s)",
              label,
              stage.getKey(),
              unit.print(stage.getValue()),
              Numbers.percent(stage.getValue() / total));
      chart.rectangle("stage-" + index++, x, y + 18, width, BAR, tooltip);
      x += width;
    }
  }

  private void legend(List<String> stages) {
    double y = 2 * ROW + 12;
    double x = 0;
    for (int i = 0; i < stages.size(); i++) {
      chart.rectangle("stage-" + i, x, y, 10, 10, stages.get(i));
      chart.text("legend", x + 15, y + 9, stages.get(i));
      x += 30 + stages.get(i).length() * Chart.CHARACTER;
    }
  }
}
