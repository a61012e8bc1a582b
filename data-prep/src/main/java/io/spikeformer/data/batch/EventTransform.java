package io.spikeformer.data.batch;

import io.spikeformer.common.UserException;
import io.spikeformer.data.augment.EventAugmentation;
import io.spikeformer.data.events.EventFrames;
import io.spikeformer.data.geometry.Extent;
import io.spikeformer.data.geometry.Geometry;
import io.spikeformer.data.geometry.LabelShare;

/** Turns a recording's frames of a shard into the model's input [T, H, W, 2]. Thread-safe. */
public final class EventTransform implements SampleTransform {
  private static final int COUNTS = 256;

  private final EventConfig config;
  private final float[] values = new float[COUNTS];

  /** Prepares what does not depend on the sample. */
  public EventTransform(EventConfig config) {
    this.config = config;
    for (int count = 0; count < COUNTS; count++) {
      values[count] = (float) (count * config.scale());
    }
  }

  @Override
  public int frames() {
    return config.timesteps();
  }

  @Override
  public Extent extent() {
    return config.extent();
  }

  @Override
  public int channels() {
    return config.channels();
  }

  @Override
  public float[] padding() {
    return new float[config.channels()];
  }

  @Override
  public Geometry plan(String key, DecodedContent content, LabelShare labels, long seed) {
    if (!(content instanceof DecodedContent.Counts counts)) {
      throw new UserException("sample %s: expected event frames, found an image", key);
    }
    requireSize(key, counts.frames());
    return config.augmentation().plan(config.height(), config.width(), seed);
  }

  @Override
  public void write(
      DecodedContent content, Geometry plan, long seed, float[] out, int offset, int stride) {
    EventFrames frames = augmented(((DecodedContent.Counts) content).frames(), seed);
    int plane = frames.height() * frames.width();
    for (int frame = 0; frame < frames.frames(); frame++) {
      for (int polarity = 0; polarity < EventFrames.POLARITIES; polarity++) {
        copyPlane(
            frames.counts(),
            (frame * EventFrames.POLARITIES + polarity) * plane,
            plane,
            out,
            offset + frame * stride + polarity);
      }
    }
  }

  private EventFrames augmented(EventFrames frames, long seed) {
    EventAugmentation augmentation = config.augmentation();
    return augmentation.equals(EventAugmentation.NONE) ? frames : augmentation.apply(frames, seed);
  }

  private void copyPlane(byte[] counts, int from, int length, float[] out, int to) {
    for (int pixel = 0; pixel < length; pixel++) {
      out[to + pixel * EventFrames.POLARITIES] = values[counts[from + pixel] & COUNTS - 1];
    }
  }

  private void requireSize(String key, EventFrames frames) {
    if (frames.frames() != config.timesteps()
        || frames.height() != config.height()
        || frames.width() != config.width()) {
      throw new UserException(
          "sample %s: expected frames [%d, 2, %d, %d], found [%d, 2, %d, %d]; prepare the data again",
          key,
          config.timesteps(),
          config.height(),
          config.width(),
          frames.frames(),
          frames.height(),
          frames.width());
    }
  }
}
