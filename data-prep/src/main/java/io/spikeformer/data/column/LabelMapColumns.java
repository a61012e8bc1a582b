package io.spikeformer.data.column;

import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.image.ImageCodec;
import io.spikeformer.data.image.ImageHeader;
import io.spikeformer.data.image.InvalidImageException;
import io.spikeformer.data.image.RgbImage;
import io.spikeformer.data.sample.Content;
import io.spikeformer.data.sample.EncodedLabelMap;
import io.spikeformer.data.sample.Sample;
import io.spikeformer.data.segmentation.LabelMap;
import io.spikeformer.data.storage.InvalidSampleException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.parquet.schema.Type;

/** A class for each pixel. */
final class LabelMapColumns implements Columns<EncodedLabelMap> {
  private static final String LABEL_MAP = "label_map";

  private final ImageCodec codec = new ImageCodec();

  @Override
  public Class<EncodedLabelMap> type() {
    return EncodedLabelMap.class;
  }

  @Override
  public List<Type> columns() {
    return List.of(ColumnTypes.binary(LABEL_MAP));
  }

  @Override
  public void write(EncodedLabelMap truth, RowWriter row) {
    row.binary(LABEL_MAP, truth.png());
  }

  @Override
  public EncodedLabelMap read(RowReader row) {
    return new EncodedLabelMap(row.binary(LABEL_MAP));
  }

  @Override
  public void check(
      EncodedLabelMap truth, Sample sample, SplitFacts split, AnnotationListener annotations)
      throws InvalidSampleException {
    ImageHeader.check(truth.png());
    RgbImage map = codec.decodeStored(truth.png());
    Content content = sample.content();
    if (map.height() != content.height() || map.width() != content.width()) {
      throw new InvalidSampleException(
          Text.format(
              "label map: expected %d x %d pixels, found %d x %d",
              content.height(), content.width(), map.height(), map.width()));
    }
    int classes = split.classes().size();
    for (int i = 0; i < map.pixels().length; i += RgbImage.CHANNELS) {
      int label = map.pixels()[i] & 0xff;
      if (label >= classes && label != EncodedLabelMap.IGNORED) {
        throw new InvalidSampleException(
            Text.format(
                "label map: expected classes below %d or %d, found %d",
                classes, EncodedLabelMap.IGNORED, label));
      }
    }
  }

  @Override
  public void show(
      EncodedLabelMap truth, Sample sample, SplitFacts split, Map<String, Object> object) {
    long[] pixels = pixels(truth, sample);
    object.put(
        "classes",
        present(pixels)
            .filter(label -> label != EncodedLabelMap.IGNORED)
            .mapToObj(label -> fields(label, pixels[label], split))
            .toList());
    object.put("ignoredPixels", pixels[EncodedLabelMap.IGNORED]);
  }

  private static Map<String, ?> fields(int label, long pixels, SplitFacts split) {
    Map<String, Object> fields = new LinkedHashMap<>();
    split.name(label, fields);
    fields.put("pixels", pixels);
    return fields;
  }

  @Override
  public String words(EncodedLabelMap truth, Sample sample, SplitFacts split) {
    long[] pixels = pixels(truth, sample);
    double hundredth = Arrays.stream(pixels).sum() / 100.0;
    return Words.shortened(
        present(pixels)
            .boxed()
            .sorted((one, other) -> Long.compare(pixels[other], pixels[one]))
            .map(label -> Text.format("%s %.1f %%", name(label, split), pixels[label] / hundredth))
            .toList());
  }

  private static String name(int label, SplitFacts split) {
    return label == EncodedLabelMap.IGNORED ? "ignored" : split.name(label);
  }

  private static IntStream present(long[] pixels) {
    return IntStream.range(0, pixels.length).filter(label -> pixels[label] > 0);
  }

  private static long[] pixels(EncodedLabelMap truth, Sample sample) {
    try {
      return LabelMap.decode(truth.png()).pixels();
    } catch (InvalidImageException damage) {
      throw new UserException(
          damage,
          "label map of sample %s cannot be read: %s; run verify",
          sample.key(),
          damage.getMessage());
    }
  }
}
