package io.spikeformer.jobs.score;

import io.spikeformer.common.Numbers;
import io.spikeformer.common.Text;
import io.spikeformer.jobs.cli.TextTable;
import io.spikeformer.tasks.detection.DetectionFigure;
import io.spikeformer.tasks.detection.DetectionResult;
import io.spikeformer.tasks.detection.PrecisionRecall;
import java.util.ArrayList;
import java.util.List;

/** The figures of detections as text: pycocotools' lines, then a table of the classes. */
final class DetectionText {
  private static final int DIGITS = 3;

  private static final List<DetectionFigure> OF_CLASSES =
      List.of(
          DetectionFigure.AP,
          DetectionFigure.AP50,
          DetectionFigure.AP75,
          DetectionFigure.APS,
          DetectionFigure.APM,
          DetectionFigure.APL,
          DetectionFigure.AR100);

  private DetectionText() {}

  static String of(DetectionResult result) {
    StringBuilder text = new StringBuilder();
    long objects = result.classes().stream().mapToLong(DetectionResult.OfClass::objects).sum();
    text.append(
        Text.format(
            "%s: %,d detections of %,d objects in %,d images%n%n",
            result.measure().label(), result.detections(), objects, result.images()));
    result
        .figures()
        .forEach((figure, value) -> text.append(Text.format("%s%n", figure.line(value))));
    List<String> heading = new ArrayList<>(List.of("class", "objects"));
    OF_CLASSES.stream().map(DetectionFigure::label).forEach(heading::add);
    TextTable table = new TextTable(1, heading.toArray(String[]::new));
    for (DetectionResult.OfClass one : result.classes()) {
      List<String> row = new ArrayList<>(List.of(one.name(), Numbers.count(one.objects())));
      OF_CLASSES.stream().map(one.figures()::get).map(DetectionText::figure).forEach(row::add);
      table.row(row.toArray(String[]::new));
    }
    return text.append(System.lineSeparator()).append(table).toString();
  }

  private static String figure(double value) {
    return value == PrecisionRecall.UNDEFINED ? "-" : Numbers.decimals(value, DIGITS);
  }
}
