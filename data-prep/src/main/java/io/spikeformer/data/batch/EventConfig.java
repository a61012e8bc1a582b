package io.spikeformer.data.batch;

import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.augment.EventAugmentation;
import io.spikeformer.data.events.EventFrames;
import io.spikeformer.data.events.FrameOptions;
import io.spikeformer.data.geometry.Extent;
import io.spikeformer.data.sample.ContentKind;
import io.spikeformer.data.sample.SampleKind;
import io.spikeformer.data.sample.TruthKind;
import io.spikeformer.data.shard.ShardSet;

/**
 * The input of a model from a recording of events: its frames in the shards, one at each timestep,
 * each count times a scale. Channel 0 counts OFF events, channel 1 ON events.
 *
 * @param timesteps T of the model, which is that of the shards
 * @param height of the frames in the shards, in pixels
 * @param width of the frames in the shards, in pixels
 * @param scale value of one event, &gt; 0
 * @param augmentation of the frames; none in evaluation
 */
public record EventConfig(
    int timesteps, int height, int width, double scale, EventAugmentation augmentation)
    implements InputConfig {
  /** The frames as they are. */
  public EventConfig(int timesteps, int height, int width, double scale) {
    this(timesteps, height, width, scale, EventAugmentation.NONE);
  }

  /** Checks the ranges. */
  public EventConfig {
    if (timesteps < 1 || height < 1 || width < 1) {
      throw new IllegalArgumentException(
          Text.format(
              "event frames: expected timesteps, height and width >= 1, found %d x %d x %d",
              timesteps, height, width));
    }
    if (!(scale > 0 && scale < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          Text.format("event scale: expected a number > 0, found %s", scale));
    }
  }

  @Override
  public Extent extent() {
    return new Extent(height, width, Extent.Sizes.EQUAL);
  }

  @Override
  public int channels() {
    return EventFrames.POLARITIES;
  }

  @Override
  public void requireFits(ShardSet shards, TruthKind truth) {
    shards.require(new SampleKind(ContentKind.EVENTS, truth));
    if (truth.liesOnPixels() && augmentation.roll() > 0) {
      throw new UserException(
          "event augmentation: expected no roll for %s, since pixels that come in again on the other"
              + " side take no object with them, found %d; set data.training.events.roll=0",
          shards.manifest().kind().text(), augmentation.roll());
    }
    FrameOptions found;
    try {
      found = FrameOptions.of(shards.manifest().source().settings());
    } catch (IllegalArgumentException missing) {
      throw new UserException(
          missing,
          "manifest of %s: %s; prepare the split again",
          shards.location(),
          missing.getMessage());
    }
    if (found.frames() != timesteps) {
      throw new UserException(
          "timesteps: expected recordings of %d frames, one for each timestep of the model, found"
              + " %d in %s; choose a model of T = %d, or prepare the split with --timesteps %d",
          timesteps, found.frames(), shards.location(), found.frames(), timesteps);
    }
    if (found.height() != height || found.width() != width) {
      throw new UserException(
          "frame size: expected %d x %d pixels (height x width) as in the recipe, found %d x %d"
              + " in %s; set data.events.height and data.events.width, or prepare the split with"
              + " --size %dx%d",
          height, width, found.height(), found.width(), shards.location(), height, width);
    }
  }

  @Override
  public EventTransform transform() {
    return new EventTransform(this);
  }
}
