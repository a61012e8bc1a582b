package io.spikeformer.tasks.classification;

import io.spikeformer.common.Numbers;
import io.spikeformer.common.Text;
import io.spikeformer.tasks.report.Bars;
import io.spikeformer.tasks.report.Bars.Row;
import io.spikeformer.tasks.report.Panel;
import io.spikeformer.tasks.report.Section;
import io.spikeformer.tasks.report.Section.Layout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** The sections of a report on classes: timesteps and confidence, classes, confusion. */
final class ClassificationReport {
  /** The most classes that have a bar of their own. */
  static final int MOST_CLASSES = 40;

  private static final int EXTREMES = 12;
  private static final int FEW_CLASSES = 12;
  private static final int TENTHS = 10;

  private final ClassificationResult result;

  ClassificationReport(ClassificationResult result) {
    this.result = result;
  }

  List<Section> sections() {
    return List.of(confidence(), classes(), new ConfusionReport(result).section());
  }

  private Section confidence() {
    return new Section(
        "Timesteps and confidence",
        "After each timestep: the answers that the network would give if it stopped there. By"
            + " confidence: how often it is right (filled) where it is so sure (outlined). Sure means"
            + " the softmax probability of its best class. Beside each bar: the number of samples.",
        Layout.COLUMNS,
        List.of(
            afterTimesteps(),
            new Bars(
                "Accuracy by confidence",
                result.calibration().stream().map(ClassificationReport::bin).toList(),
                1)));
  }

  private static Row bin(CalibrationBin bin) {
    String range = Numbers.percent(bin.from(), 0) + " to " + Numbers.percent(bin.to(), 0);
    String tooltip =
        Text.format(
            "confidence %s: %s samples, %s right, mean confidence %s",
            range,
            Numbers.count(bin.samples()),
            Numbers.percent(bin.accuracy()),
            Numbers.percent(bin.confidence()));
    String text = Numbers.share(bin.accuracy(), bin.samples());
    return new Row(range, bin.accuracy(), bin.confidence(), text, tooltip);
  }

  /** A bar for the accuracy after each number of timesteps. */
  Bars afterTimesteps() {
    List<Row> rows = new ArrayList<>();
    for (int t = 0; t < result.topOneByTimestep().size(); t++) {
      double accuracy = result.accuracyByTimestep().get(t);
      String tooltip =
          Text.format(
              "after timestep %s: %s of %s samples right",
              t + 1,
              Numbers.count(result.topOneByTimestep().get(t)),
              Numbers.count(result.samples()));
      String text = Numbers.share(accuracy, result.samples());
      rows.add(new Row("t = " + (t + 1), accuracy, Double.NaN, text, tooltip));
    }
    return new Bars("Top-1 accuracy after each timestep", rows, 1);
  }

  private Section classes() {
    List<ClassResult> classes = result.classes();
    if (classes.size() <= FEW_CLASSES) {
      return classes(Layout.COLUMNS, List.of(bars("Accuracy", classes), precision()));
    }
    if (classes.size() <= MOST_CLASSES) {
      int half = (classes.size() + 1) / 2;
      return classes(
          Layout.COLUMNS,
          List.of(
              bars("Accuracy", classes.subList(0, half)),
              bars("Accuracy, continued", classes.subList(half, classes.size()))));
    }
    return classes(Layout.THIRDS, extremes());
  }

  private static Section classes(Layout layout, List<Panel> panels) {
    return new Section(
        "Accuracy by class",
        "Filled: top-1. Outlined: top-5. Beside each bar: of how many samples.",
        layout,
        panels);
  }

  private List<Panel> extremes() {
    Comparator<ClassResult> worstFirst = Comparator.comparingDouble(ClassResult::accuracy);
    List<ClassResult> tested = result.classes().stream().filter(c -> c.samples() > 0).toList();
    return List.of(
        bars("Least accurate classes", tested.stream().sorted(worstFirst).limit(EXTREMES).toList()),
        bars(
            "Most accurate classes",
            tested.stream().sorted(worstFirst.reversed()).limit(EXTREMES).toList()),
        histogram(tested));
  }

  private static Bars bars(String caption, List<ClassResult> classes) {
    return new Bars(caption, classes.stream().map(ClassificationReport::row).toList(), 1);
  }

  private Bars precision() {
    List<Row> rows = new ArrayList<>();
    for (ClassResult c : result.classes()) {
      String tooltip =
          Text.format(
              "%s: %s of %s predictions are right",
              c.name(), Numbers.count(c.topOne()), Numbers.count(c.predicted()));
      String text = Numbers.share(c.precision(), c.predicted());
      rows.add(new Row(c.name(), c.precision(), Double.NaN, text, tooltip));
    }
    return new Bars("Precision: predictions of a class that are right", rows, 1);
  }

  private static Row row(ClassResult result) {
    String tooltip =
        Text.format(
            "%s: top-1 %s, top-5 %s, precision %s, %s samples",
            result.name(),
            Numbers.percent(result.accuracy()),
            Numbers.percent(result.topFiveAccuracy()),
            Numbers.percent(result.precision()),
            Numbers.count(result.samples()));
    return new Row(
        result.name(),
        result.accuracy(),
        result.topFiveAccuracy(),
        Numbers.share(result.accuracy(), result.samples()),
        tooltip);
  }

  private static Bars histogram(List<ClassResult> classes) {
    int[] bins = new int[TENTHS];
    for (ClassResult c : classes) {
      bins[Math.min(TENTHS - 1, (int) (TENTHS * c.accuracy()))]++;
    }
    List<Row> rows = new ArrayList<>();
    for (int i = TENTHS - 1; i >= 0; i--) {
      String range = 10 * i + " to " + 10 * (i + 1) + " %";
      String tooltip = bins[i] + " classes with a top-1 accuracy of " + range;
      rows.add(new Row(range, bins[i], Double.NaN, "" + bins[i], tooltip));
    }
    return new Bars(
        "Number of classes by top-1 accuracy", rows, Arrays.stream(bins).max().orElse(0));
  }
}
