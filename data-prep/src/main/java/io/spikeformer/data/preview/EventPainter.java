package io.spikeformer.data.preview;

import io.spikeformer.common.UserException;
import io.spikeformer.data.events.EventFrameCodec;
import io.spikeformer.data.events.EventFrames;
import io.spikeformer.data.image.BicubicResize;
import io.spikeformer.data.image.RgbImage;
import io.spikeformer.data.sample.EncodedFrames;
import java.util.List;
import java.util.stream.IntStream;

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
  List<Canvas> frames(String key, EncodedFrames encoded) {
    EventFrames frames;
    try {
      frames = codec.decode(encoded.bytes());
    } catch (UserException damage) {
      throw new UserException(
          damage, "sample %s cannot be drawn: %s; run verify", key, damage.getMessage());
    }
    int peak = peak(frames);
    return IntStream.range(0, frames.frames())
        .mapToObj(frame -> frame(frames, frame, peak))
        .toList();
  }

  /**
   * Frames side by side, made smaller where they are larger.
   *
   * @param side most pixels of a frame's height and width
   */
  static RgbImage strip(List<Canvas> frames, int side) {
    Canvas first = frames.get(0);
    double scale = Math.min(1, (double) side / Math.max(first.height(), first.width()));
    int height = Math.max(1, (int) Math.round(first.height() * scale));
    int width = Math.max(1, (int) Math.round(first.width() * scale));
    int columns = Math.min(FRAMES_PER_ROW, frames.size());
    int rows = (frames.size() + columns - 1) / columns;
    Canvas canvas =
        new Canvas(rows * (height + GAP) - GAP, columns * (width + GAP) - GAP).fill(GAP_COLOUR);
    for (int frame = 0; frame < frames.size(); frame++) {
      RgbImage drawn = frames.get(frame).image();
      canvas.paste(
          scale < 1 ? BicubicResize.resize(drawn, height, width) : drawn,
          frame / columns * (height + GAP),
          frame % columns * (width + GAP));
    }
    return canvas.image();
  }

  private static int peak(EventFrames frames) {
    int peak = 1;
    for (byte count : frames.counts()) {
      peak = Math.max(peak, count & 0xff);
    }
    return peak;
  }

  private static Canvas frame(EventFrames frames, int frame, int peak) {
    Canvas canvas = new Canvas(frames.height(), frames.width()).fill(WHITE);
    for (int row = 0; row < frames.height(); row++) {
      for (int column = 0; column < frames.width(); column++) {
        double off = share(frames.count(frame, 0, row, column), peak);
        double on = share(frames.count(frame, 1, row, column), peak);
        canvas.mix(row, column, OFF, off);
        canvas.mix(row, column, ON, off > 0 ? on / 2 : on);
      }
    }
    return canvas;
  }

  /** Logarithmic: a few busy pixels would else leave the others without colour. */
  private static double share(int count, int peak) {
    return count == 0
        ? 0
        : peak == 1 ? 1 : LEAST_SHARE + (1 - LEAST_SHARE) * Math.log(count) / Math.log(peak);
  }
}
