package io.spikeformer.data.augment;

import io.spikeformer.common.Text;
import io.spikeformer.data.events.EventFrames;
import io.spikeformer.data.geometry.Flip;
import io.spikeformer.data.geometry.Geometry;
import io.spikeformer.data.image.Box;
import io.spikeformer.data.order.SeededRandom;
import java.io.Serializable;
import java.util.Arrays;

/**
 * Augmentation of event frames [T, 2, H, W], the same for all T frames: a shifted window, a
 * horizontal flip, a roll, then dropped events. A pure function of (frames, seed); the result has
 * the size of the frames.
 *
 * @param flipProbability of the horizontal flip, 0 to 1
 * @param cropPadding empty pixels that are added on each side before a window of the frames' size
 *     is cut out at random, &gt;= 0
 * @param roll most pixels by which rows and columns are rolled around, each way, &gt;= 0
 * @param dropProbability that events are dropped as EventDrop does (Gu et al., arXiv:2106.05836):
 *     by time, by area or at random, equally often; 0 to 1
 */
public record EventAugmentation(
    double flipProbability, int cropPadding, int roll, double dropProbability)
    implements Serializable {
  /** Nothing. */
  public static final EventAugmentation NONE = new EventAugmentation(0, 0, 0, 0);

  private static final int POLARITIES = EventFrames.POLARITIES;
  private static final int DROPS = 3;

  /** Shares of the time and of the events: 1/10 to 9/10. */
  private static final int SHARES = 9;

  private static final double SHARE_STEP = 0.1;

  /** Shares of a side: 1/20 to 5/20. */
  private static final int SIDES = 5;

  private static final double SIDE_STEP = 0.05;

  /** Checks the ranges. */
  public EventAugmentation {
    boolean probable =
        flipProbability >= 0
            && flipProbability <= 1
            && dropProbability >= 0
            && dropProbability <= 1;
    if (!probable || cropPadding < 0 || roll < 0) {
      throw new IllegalArgumentException(
          Text.format(
              "event augmentation: expected probabilities of 0 to 1 and pixels >= 0, found flip"
                  + " %s, drop %s, crop padding %d and roll %d",
              flipProbability, dropProbability, cropPadding, roll));
    }
  }

  /** The shifted window and the flip. */
  private record Shift(int down, int right, Flip flip) {}

  private Shift shift(SeededRandom random) {
    int down = random.nextInt(2 * cropPadding + 1) - cropPadding;
    int right = random.nextInt(2 * cropPadding + 1) - cropPadding;
    boolean flip = random.nextDouble() < flipProbability;
    return new Shift(down, right, flip ? Flip.HORIZONTAL : Flip.NONE);
  }

  /**
   * Where the pixels of frames of height x width go: window and flip. A roll is not in it.
   *
   * @param seed that {@link #apply} is given
   */
  public Geometry plan(int height, int width, long seed) {
    Shift shift = shift(new SeededRandom(seed));
    // the frames are flipped before the window moves, a geometry flips its window
    int left = shift.flip() == Flip.HORIZONTAL ? shift.right() : -shift.right();
    return Geometry.identity(height, width)
        .cut(new Box(-shift.down(), left, height, width))
        .with(shift.flip());
  }

  /**
   * The augmented frames.
   *
   * @param frames counts; not changed
   * @param seed of the sample's draws, mixed from (seed, epoch, key)
   */
  public EventFrames apply(EventFrames frames, long seed) {
    SeededRandom random = new SeededRandom(seed);
    Shift shift = shift(random);
    int rollDown = random.nextInt(2 * roll + 1) - roll;
    int rollRight = random.nextInt(2 * roll + 1) - roll;
    int[] rows = places(frames.height(), shift.down(), rollDown);
    int[] columns = places(frames.width(), shift.right(), rollRight);
    if (shift.flip() == Flip.HORIZONTAL) {
      mirror(frames.width(), columns);
    }
    byte[] counts = gather(frames, rows, columns);
    EventFrames moved = new EventFrames(frames.frames(), frames.height(), frames.width(), counts);
    if (random.nextDouble() < dropProbability) {
      switch (random.nextInt(DROPS)) {
        case 0 -> dropByTime(moved, random);
        case 1 -> dropByArea(moved, random);
        default -> {
          double share = (1 + random.nextInt(SHARES)) * SHARE_STEP;
          thin(counts, 0, counts.length, share, random);
        }
      }
    }
    return moved;
  }

  /** For each place of a side where it comes from: shifted, then rolled; -1 for nothing. */
  private static int[] places(int side, int shift, int rolled) {
    int[] from = new int[side];
    for (int place = 0; place < side; place++) {
      int source = Math.floorMod(place - rolled, side) - shift;
      from[place] = source >= 0 && source < side ? source : -1;
    }
    return from;
  }

  private static void mirror(int side, int[] from) {
    for (int place = 0; place < side; place++) {
      from[place] = from[place] < 0 ? -1 : side - 1 - from[place];
    }
  }

  private static byte[] gather(EventFrames frames, int[] rows, int[] columns) {
    byte[] source = frames.counts();
    byte[] target = new byte[source.length];
    int to = 0;
    for (int plane = 0; plane < frames.frames() * POLARITIES; plane++) {
      for (int row : rows) {
        int from = (plane * rows.length + row) * columns.length;
        for (int column : columns) {
          target[to++] = row < 0 || column < 0 ? 0 : source[from + column];
        }
      }
    }
    return target;
  }

  /**
   * Drops an interval of the recording's time. A frame that lies in it only in part loses each of
   * its events with that probability, since a count does not say when in the frame they were.
   */
  private static void dropByTime(EventFrames frames, SeededRandom random) {
    double from = random.nextDouble() * frames.frames();
    double to = from + (1 + random.nextInt(SHARES)) * SHARE_STEP * frames.frames();
    int length = POLARITIES * frames.height() * frames.width();
    for (int frame = 0; frame < frames.frames(); frame++) {
      double share = Math.min(to, frame + 1) - Math.max(from, frame);
      thin(frames.counts(), frame * length, (frame + 1) * length, share, random);
    }
  }

  /** Drops the events of one rectangle in all frames. */
  private static void dropByArea(EventFrames frames, SeededRandom random) {
    double share = (1 + random.nextInt(SIDES)) * SIDE_STEP;
    int height = frames.height();
    int width = frames.width();
    int top = random.nextInt(height);
    int left = random.nextInt(width);
    int bottom = Math.min(height, top + Math.max(1, (int) (share * height)));
    int end = Math.min(width, left + Math.max(1, (int) (share * width)));
    for (int plane = 0; plane < frames.frames() * POLARITIES; plane++) {
      for (int row = top; row < bottom; row++) {
        int at = (plane * height + row) * width;
        Arrays.fill(frames.counts(), at + left, at + end, (byte) 0);
      }
    }
  }

  /** Drops each event of a range of counts with a probability. */
  private static void thin(byte[] counts, int from, int to, double share, SeededRandom random) {
    if (share >= 1) {
      Arrays.fill(counts, from, to, (byte) 0);
    } else if (share > 0) {
      for (int i = from; i < to; i++) {
        int count = counts[i] & 0xff;
        int kept = count;
        for (int event = 0; event < count; event++) {
          kept -= random.nextDouble() < share ? 1 : 0;
        }
        counts[i] = (byte) kept;
      }
    }
  }
}
