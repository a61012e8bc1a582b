package io.spikeformer.data.preview;

import io.spikeformer.common.UserException;
import io.spikeformer.data.events.EventFrameCodec;
import io.spikeformer.data.events.EventFrames;
import io.spikeformer.data.image.BicubicResize;
import io.spikeformer.data.image.RgbImage;
import io.spikeformer.data.sample.EventSample;

/**
 * Draws the frames of a recording side by side, as event cameras' pictures are usually drawn: on
 * white, ON events red, OFF events blue, the stronger the more of them; both together mix.
 */
final class EventPainter {
  private static final int WHITE = 0xffffff;
  private static final int ON = 0xd40000;
  private static final int OFF = 0x0040d4;
  private static final int GAP_COLOUR = 0x808080;
  private static final int GAP = 2;
  private static final int FRAMES_PER_ROW = 16;

  /** How much of its colour a single event has; the largest count has all of it. */
  private static final double LEAST_SHARE = 0.4;

  private final EventFrameCodec codec = new EventFrameCodec();

  /** The frames at their own size. */
  RgbImage paint(EventSample sample) {
    return strip(sample, Integer.MAX_VALUE);
  }

  /**
   * The frames, made smaller where they are larger.
   *
   * @param side most pixels of a frame's height and width
   */
  RgbImage strip(EventSample sample, int side) {
    EventFrames frames = decode(sample);
    double scale = Math.min(1, (double) side / Math.max(frames.height(), frames.width()));
    int height = Math.max(1, (int) Math.round(frames.height() * scale));
    int width = Math.max(1, (int) Math.round(frames.width() * scale));
    int columns = Math.min(FRAMES_PER_ROW, frames.frames());
    int rows = (frames.frames() + columns - 1) / columns;
    Canvas canvas =
        new Canvas(rows * (height + GAP) - GAP, columns * (width + GAP) - GAP).fill(GAP_COLOUR);
    int peak = peak(frames);
    for (int frame = 0; frame < frames.frames(); frame++) {
      RgbImage drawn = frame(frames, frame, peak);
      canvas.paste(
          scale < 1 ? BicubicResize.resize(drawn, height, width) : drawn,
          frame / columns * (height + GAP),
          frame % columns * (width + GAP));
    }
    return canvas.image();
  }

  private EventFrames decode(EventSample sample) {
    try {
      return codec.decode(sample.frames());
    } catch (UserException damage) {
      throw new UserException(
          "sample %s cannot be drawn: %s; run verify".formatted(sample.key(), damage.getMessage()),
          damage);
    }
  }

  private static int peak(EventFrames frames) {
    int peak = 1;
    for (byte count : frames.counts()) {
      peak = Math.max(peak, count & 0xff);
    }
    return peak;
  }

  private static RgbImage frame(EventFrames frames, int frame, int peak) {
    Canvas canvas = new Canvas(frames.height(), frames.width()).fill(WHITE);
    for (int row = 0; row < frames.height(); row++) {
      for (int column = 0; column < frames.width(); column++) {
        double off = share(frames.count(frame, 0, row, column), peak);
        double on = share(frames.count(frame, 1, row, column), peak);
        canvas.mix(row, column, OFF, off);
        canvas.mix(row, column, ON, off > 0 ? on / 2 : on);
      }
    }
    return canvas.image();
  }

  /** Logarithmic: a few busy pixels would else leave the others without colour. */
  private static double share(int count, int peak) {
    return count == 0
        ? 0
        : peak == 1 ? 1 : LEAST_SHARE + (1 - LEAST_SHARE) * Math.log(count) / Math.log(peak);
  }
}
