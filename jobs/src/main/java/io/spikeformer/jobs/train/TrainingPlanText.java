package io.spikeformer.jobs.train;

import io.spikeformer.jobs.cli.TextTable;
import io.spikeformer.model.memory.MemoryNeed;
import io.spikeformer.model.optim.Schedule;
import io.spikeformer.train.TrainingLength;
import io.spikeformer.train.recipe.Recipe;
import io.spikeformer.train.recipe.RecipeValue;
import io.spikeformer.train.spark.TrainingPreview;
import java.util.ArrayList;
import java.util.IntSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * The text that {@code train --dry-run} prints.
 *
 * @param preview what the training would do
 * @param values the recipe's values with their sources
 */
record TrainingPlanText(TrainingPreview preview, List<RecipeValue> values) {
  private static final String BARS = "▁▂▃▄▅▆▇█";
  private static final int COLUMNS = 60;
  private static final double MEGABYTE = 1e6;

  /** An epoch's first step and its rate. */
  private record Point(int epoch, long step, double rate) {}

  String text() {
    Recipe recipe = preview.recipe();
    TrainingLength length = preview.plan().length();
    IntSummaryStatistics samples =
        preview.shares().stream().mapToInt(TrainingPreview.Share::samples).summaryStatistics();
    IntSummaryStatistics shards =
        preview.shares().stream().mapToInt(TrainingPreview.Share::shards).summaryStatistics();
    String newLine = System.lineSeparator();
    return String.join(
        newLine,
        settings().stripTrailing(),
        "",
        "learning rate, one column for 1/" + COLUMNS + " of the steps",
        sparkline(),
        rates().stripTrailing(),
        "",
        format(
            "data: %,d samples in %,d shards, %,d for validation",
            preview.data().accepted(), preview.data().shards().size(), preview.validationSamples()),
        format(
            "workers: %d, each with %s samples of %s shards in an epoch",
            recipe.averaging().workers(), range(samples), range(shards)),
        format(
            "steps: %,d in each of %d epochs%s, %,d in all, of %,d samples over all workers",
            length.stepsPerEpoch(),
            length.epochs(),
            lastEpoch(length),
            length.steps(),
            recipe.samplesPerStep()),
        rounds(length),
        preview.teacher().isEmpty() ? "teacher: none" : "teacher: " + preview.teacher(),
        format(
            "memory of a worker outside the heap, on %d threads: %s",
            preview.threads(), preview.memory().describe()),
        "memory on the driver's heap: " + preview.heap().driver().describe(),
        "memory on an executor's heap for each of its workers: "
            + (preview.heap().worker().parts().isEmpty()
                ? "none"
                : preview.heap().worker().describe()),
        traffic(),
        "dry run: nothing was trained or written");
  }

  private String traffic() {
    String traffic =
        format(
            "traffic of a round: state %.1f MB; %.1f MB cross the network between the executors if"
                + " each worker has one of its own",
            preview.stateBytes() / MEGABYTE, preview.networkBytes() / MEGABYTE);
    return preview.recipe().averaging().delayed()
        ? traffic
            + System.lineSeparator()
            + "averaging.delay: 1: the mean of a round is formed beside the next one, on a core of"
            + " each executor beside those of its workers"
        : traffic;
  }

  private static String lastEpoch(TrainingLength length) {
    int last = length.steps(length.epochs() - 1);
    return last == length.stepsPerEpoch() ? "" : format(", %,d in the last one", last);
  }

  private static String rounds(TrainingLength length) {
    IntSummaryStatistics ofEpochs =
        IntStream.range(0, wholeEpochs(length)).map(length::roundsOf).summaryStatistics();
    int longest =
        IntStream.range(0, length.epochs())
            .map(epoch -> length.roundLengths(epoch).getMax())
            .max()
            .orElseThrow();
    return format(
        "rounds: %s an epoch, %,d in all, of up to %d steps",
        range(ofEpochs), length.rounds(), longest);
  }

  /** Epochs without one that is cut short, unless it is the only one. */
  private static int wholeEpochs(TrainingLength length) {
    boolean cut = length.steps(length.epochs() - 1) < length.stepsPerEpoch();
    return cut ? Math.max(1, length.epochs() - 1) : length.epochs();
  }

  private String settings() {
    TextTable table = new TextTable(3, "key", "value", "source");
    values.forEach(value -> table.row(value.key(), value.value(), lower(value.source())));
    return table.toString();
  }

  private String rates() {
    TrainingLength length = preview.plan().length();
    TextTable table = new TextTable(0, "epoch", "step", "rate", "rounds", "steps of each");
    for (Point point : points()) {
      boolean end = point.epoch() == length.epochs();
      table.row(
          "" + point.epoch(),
          format("%,d", point.step()),
          format("%.3e", point.rate()),
          end ? "" : format("%,d", length.roundsOf(point.epoch())),
          end ? "" : range(length.roundLengths(point.epoch())));
    }
    return table.toString();
  }

  /** The beginning, the warm-up's end, the quarters and the end. */
  private List<Point> points() {
    TrainingLength length = preview.plan().length();
    int epochs = length.epochs();
    TreeSet<Integer> chosen = new TreeSet<>();
    for (int quarter = 0; quarter <= 4; quarter++) {
      chosen.add(epochs * quarter / 4);
    }
    Schedule schedule = preview.schedule();
    chosen.add((int) Math.ceil((double) schedule.warmupSteps() / length.stepsPerEpoch()));
    List<Point> points = new ArrayList<>();
    for (int epoch : chosen) {
      long step = Math.min(length.steps(), (long) epoch * length.stepsPerEpoch());
      points.add(new Point(epoch, step, schedule.rate(step)));
    }
    return points;
  }

  private String sparkline() {
    Schedule schedule = preview.schedule();
    StringBuilder line = new StringBuilder();
    for (int column = 0; column < COLUMNS; column++) {
      double rate = schedule.rate(schedule.totalSteps() * column / COLUMNS);
      int bar = (int) (rate / schedule.peak() * (BARS.length() - 1) + 0.5);
      line.append(BARS.charAt(bar));
    }
    return line.toString();
  }

  Map<String, ?> json() {
    Recipe recipe = preview.recipe();
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("recipe", values.stream().map(TrainingPlanText::json).toList());
    object.put("schedule", points().stream().map(TrainingPlanText::json).toList());
    object.put("samples", preview.data().accepted());
    object.put("shards", preview.data().shards().size());
    object.put("validationSamples", preview.validationSamples());
    object.put("workers", preview.shares().stream().map(TrainingPlanText::json).toList());
    TrainingLength length = preview.plan().length();
    object.put("stepsPerEpoch", length.stepsPerEpoch());
    object.put("roundsPerEpoch", length.roundsOf(0));
    object.put(
        "rounds",
        IntStream.range(0, length.epochs()).mapToObj(epoch -> rounds(length, epoch)).toList());
    object.put("epochs", length.epochs());
    object.put("steps", length.steps());
    object.put("samplesPerStep", recipe.samplesPerStep());
    object.put("teacher", preview.teacher().isEmpty() ? null : preview.teacher());
    object.put("memory", json(preview.memory()));
    object.put("driverHeap", json(preview.heap().driver()));
    object.put("workerHeap", json(preview.heap().worker()));
    object.put("threads", preview.threads());
    object.put("stateBytes", preview.stateBytes());
    object.put("networkBytesPerRound", preview.networkBytes());
    return object;
  }

  private static Map<String, ?> json(MemoryNeed need) {
    Map<String, Object> object = new LinkedHashMap<>();
    need.parts().forEach(part -> object.put(part.name(), part.bytes()));
    object.put("total", need.bytes());
    return object;
  }

  private static Map<String, ?> rounds(TrainingLength length, int epoch) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("count", length.roundsOf(epoch));
    object.put("fewestSteps", length.roundLengths(epoch).getMin());
    object.put("mostSteps", length.roundLengths(epoch).getMax());
    return object;
  }

  private static Map<String, ?> json(RecipeValue value) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("key", value.key());
    object.put("value", value.value());
    object.put("source", lower(value.source()));
    return object;
  }

  private static Map<String, ?> json(Point point) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("epoch", point.epoch());
    object.put("step", point.step());
    object.put("rate", point.rate());
    return object;
  }

  private static Map<String, ?> json(TrainingPreview.Share share) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("samples", share.samples());
    object.put("shards", share.shards());
    return object;
  }

  private static String range(IntSummaryStatistics values) {
    return values.getMin() == values.getMax()
        ? format("%,d", values.getMin())
        : format("%,d to %,d", values.getMin(), values.getMax());
  }

  private static String lower(RecipeValue.Source source) {
    return source.name().toLowerCase(Locale.ROOT);
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
