package io.spikeformer.tasks.detection;

import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.image.ImageCodec;
import io.spikeformer.data.image.ImageEncoding;
import io.spikeformer.data.image.InvalidImageException;
import io.spikeformer.data.image.RgbImage;
import io.spikeformer.data.preview.ObjectOverlay;
import io.spikeformer.tasks.report.Pictures;
import io.spikeformer.tasks.report.Pictures.Picture;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;

/** Draws samples: their objects, and beside them what was detected. */
final class DetectionPictures {
  private static final String TYPE = "image/jpeg";
  private static final ImageCodec CODEC = new ImageCodec();

  private DetectionPictures() {}

  /**
   * A sheet of samples.
   *
   * @param names of the classes by label
   * @throws UserException in one line if a picture is damaged
   */
  static Pictures of(List<DetectionExample> examples, List<String> names) {
    return new Pictures(
        List.of("Truth", "Detections"),
        examples.stream().map(example -> row(example, names)).toList(),
        List.of());
  }

  private static Pictures.Row row(DetectionExample example, List<String> names) {
    ImageTally tally = example.tally();
    String text =
        Text.format(
            "%s: %s of %s objects found, %s detections wrong",
            example.key(), tally.found(), tally.objects(), tally.wrong());
    try {
      RgbImage image = CODEC.decodeStored(Base64.getDecoder().decode(example.image()));
      return new Pictures.Row(
          text,
          List.of(
              picture("truth of " + example.key(), image, example.objects(), names),
              picture("detections in " + example.key(), image, example.detections(), names)));
    } catch (InvalidImageException | IllegalArgumentException damage) {
      throw new UserException(
          damage,
          "evaluation result: expected a picture and objects of sample %s, found: %s; evaluate"
              + " again",
          example.key(),
          damage.getMessage());
    }
  }

  private static Picture picture(
      String text, RgbImage image, List<ShownObject> objects, List<String> names) {
    List<ObjectOverlay.Mark> marks = new ArrayList<>();
    for (ShownObject object : objects) {
      marks.add(object.mark(names, image.height(), image.width()));
    }
    // the surest lies on top
    Collections.reverse(marks);
    byte[] file = CODEC.encode(ObjectOverlay.of(image, marks), ImageEncoding.JPEG);
    return new Picture(TYPE, Base64.getEncoder().encodeToString(file), text);
  }
}
