package io.spikeformer.data.column;

import io.spikeformer.common.Text;
import io.spikeformer.data.image.ImageCodec;
import io.spikeformer.data.image.ImageEncoding;
import io.spikeformer.data.image.ImageHeader;
import io.spikeformer.data.image.RgbImage;
import io.spikeformer.data.sample.EncodedImage;
import io.spikeformer.data.sample.Sample;
import io.spikeformer.data.storage.InvalidSampleException;
import java.util.List;
import java.util.Map;
import org.apache.parquet.schema.Type;

/** An encoded image: a whole file, its encoding and its size. */
final class ImageColumns implements Columns<EncodedImage> {
  private static final String IMAGE = "image";
  private static final String ENCODING = "encoding";

  private final ImageCodec codec = new ImageCodec();

  @Override
  public Class<EncodedImage> type() {
    return EncodedImage.class;
  }

  @Override
  public List<Type> columns() {
    return List.of(
        ColumnTypes.binary(IMAGE),
        ColumnTypes.text(ENCODING),
        ColumnTypes.number(ColumnTypes.HEIGHT),
        ColumnTypes.number(ColumnTypes.WIDTH));
  }

  @Override
  public void write(EncodedImage image, RowWriter row) {
    row.binary(IMAGE, image.bytes());
    row.text(ENCODING, image.encoding().id());
    row.number(ColumnTypes.HEIGHT, image.height());
    row.number(ColumnTypes.WIDTH, image.width());
  }

  @Override
  public EncodedImage read(RowReader row) {
    return new EncodedImage(
        row.binary(IMAGE),
        ImageEncoding.of(row.text(ENCODING)),
        row.number(ColumnTypes.HEIGHT),
        row.number(ColumnTypes.WIDTH));
  }

  @Override
  public void check(
      EncodedImage image, Sample sample, SplitFacts split, AnnotationListener annotations)
      throws InvalidSampleException {
    ImageHeader header = ImageHeader.check(image.bytes());
    if (header.encoding() != image.encoding()) {
      throw new InvalidSampleException(
          Text.format(
              "encoding: expected %s, found %s", image.encoding().id(), header.encoding().id()));
    }
    RgbImage pixels = image.decode(codec, sample.truth().kind());
    if (pixels.height() != image.height() || pixels.width() != image.width()) {
      throw new InvalidSampleException(
          Text.format(
              "image: expected %d x %d pixels, found %d x %d",
              image.height(), image.width(), pixels.height(), pixels.width()));
    }
  }

  @Override
  public void show(
      EncodedImage image, Sample sample, SplitFacts split, Map<String, Object> object) {
    // a picture says it
  }

  @Override
  public String words(EncodedImage image, Sample sample, SplitFacts split) {
    return "";
  }
}
