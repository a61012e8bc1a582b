package io.spikeformer.jobs.score;

import io.spikeformer.common.Numbers;
import io.spikeformer.common.Text;
import io.spikeformer.jobs.cli.TextTable;
import io.spikeformer.tasks.segmentation.ClassPixels;
import io.spikeformer.tasks.segmentation.SegmentationResult;
import java.util.stream.Collectors;

/** The figures of label maps as text: a line, then a table of the classes. */
final class SegmentationText {
  private SegmentationText() {}

  static String of(SegmentationResult result) {
    String figures =
        result.figures().stream()
            .map(figure -> figure.brief() + " " + figure.text())
            .collect(Collectors.joining(", "));
    TextTable table = new TextTable(1, "class", "pixels", "IoU", "accuracy");
    for (ClassPixels one : result.classes()) {
      table.row(
          one.name(), Numbers.count(one.labelled()), percent(one.iou()), percent(one.accuracy()));
    }
    return Text.format(
        "%s on %,d images, %,d pixels%n%n%s",
        figures, result.images(), result.pixels(), table.toString().stripTrailing());
  }

  private static String percent(double share) {
    return Double.isNaN(share) ? "-" : Numbers.percent(share);
  }
}
