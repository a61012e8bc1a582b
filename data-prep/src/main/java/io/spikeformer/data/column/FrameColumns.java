package io.spikeformer.data.column;

import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.events.EventFrameCodec;
import io.spikeformer.data.events.EventFrames;
import io.spikeformer.data.events.FrameOptions;
import io.spikeformer.data.sample.EncodedFrames;
import io.spikeformer.data.sample.Sample;
import io.spikeformer.data.storage.InvalidSampleException;
import java.util.List;
import java.util.Map;
import org.apache.parquet.schema.Type;

/** Event frames: their compact form and their size. */
final class FrameColumns implements Columns<EncodedFrames> {
  private static final String FRAMES = "frames";
  private static final String TIMESTEPS = "timesteps";

  private final EventFrameCodec codec = new EventFrameCodec();

  @Override
  public Class<EncodedFrames> type() {
    return EncodedFrames.class;
  }

  @Override
  public List<Type> columns() {
    return List.of(
        ColumnTypes.binary(FRAMES),
        ColumnTypes.number(TIMESTEPS),
        ColumnTypes.number(ColumnTypes.HEIGHT),
        ColumnTypes.number(ColumnTypes.WIDTH));
  }

  @Override
  public void write(EncodedFrames frames, RowWriter row) {
    row.binary(FRAMES, frames.bytes());
    row.number(TIMESTEPS, frames.timesteps());
    row.number(ColumnTypes.HEIGHT, frames.height());
    row.number(ColumnTypes.WIDTH, frames.width());
  }

  @Override
  public EncodedFrames read(RowReader row) {
    return new EncodedFrames(
        row.binary(FRAMES),
        row.number(TIMESTEPS),
        row.number(ColumnTypes.HEIGHT),
        row.number(ColumnTypes.WIDTH));
  }

  @Override
  public void check(
      EncodedFrames encoded, Sample sample, SplitFacts split, AnnotationListener annotations)
      throws InvalidSampleException {
    EventFrames frames;
    FrameOptions stated;
    try {
      frames = codec.decode(encoded.bytes());
      stated = FrameOptions.of(split.settings());
    } catch (UserException | IllegalArgumentException damage) {
      throw new InvalidSampleException(damage.getMessage());
    }
    requireSize("columns", frames, encoded.timesteps(), encoded.height(), encoded.width());
    requireSize("manifest", frames, stated.frames(), stated.height(), stated.width());
    for (byte count : frames.counts()) {
      if ((count & 0xff) > stated.maxCount()) {
        throw new InvalidSampleException(
            Text.format(
                "event frames: expected counts up to %d, found %d",
                stated.maxCount(), count & 0xff));
      }
    }
  }

  private static void requireSize(
      String where, EventFrames found, int timesteps, int height, int width)
      throws InvalidSampleException {
    if (found.frames() != timesteps || found.height() != height || found.width() != width) {
      throw new InvalidSampleException(
          Text.format(
              "event frames: expected [%d, 2, %d, %d] as in the %s, found [%d, 2, %d, %d]",
              timesteps, height, width, where, found.frames(), found.height(), found.width()));
    }
  }

  @Override
  public void show(
      EncodedFrames frames, Sample sample, SplitFacts split, Map<String, Object> object) {
    object.put("frames", frames.timesteps());
    object.put("height", frames.height());
    object.put("width", frames.width());
  }

  @Override
  public String words(EncodedFrames frames, Sample sample, SplitFacts split) {
    return Text.format("%d frames of %d x %d", frames.timesteps(), frames.height(), frames.width());
  }
}
