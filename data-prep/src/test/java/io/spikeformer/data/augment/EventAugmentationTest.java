package io.spikeformer.data.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.data.events.EventFrames;
import io.spikeformer.data.geometry.Geometry;
import io.spikeformer.data.order.SeededRandom;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EventAugmentationTest {
  private static final int T = 4;
  private static final int H = 12;
  private static final int W = 9;

  @Test
  void everyFrameIsMovedTheSameWay() {
    // one event per frame and polarity, all at one place
    EventFrames frames = empty();
    for (int plane = 0; plane < 2 * T; plane++) {
      frames.counts()[(plane * H + 5) * W + 3] = (byte) (1 + plane);
    }
    EventAugmentation moving = new EventAugmentation(0.5, 2, 3, 0);
    Set<Integer> places = new HashSet<>();
    for (long seed = 0; seed < 6000; seed++) {
      byte[] counts = moving.apply(frames, seed).counts();
      int place = IntStream.range(0, H * W).filter(i -> counts[i] != 0).findFirst().orElseThrow();
      for (int plane = 0; plane < 2 * T; plane++) {
        assertThat(counts[plane * H * W + place]).isEqualTo((byte) (1 + plane));
      }
      assertThat(total(counts)).isEqualTo(total(frames.counts()));
      places.add(place);
    }
    // 2 + 3 rows up to 5 down: 11 rows; the columns wrap around and are mirrored: all 9
    assertThat(places).hasSize(11 * W);
  }

  @Test
  void aFlipMirrorsTheColumnsOnly() {
    EventFrames frames = random(1);
    EventFrames flipped = new EventAugmentation(1, 0, 0, 0).apply(frames, 7);
    for (int row = 0; row < H; row++) {
      for (int column = 0; column < W; column++) {
        assertThat(flipped.count(2, 1, row, column))
            .isEqualTo(frames.count(2, 1, row, W - 1 - column));
      }
    }
  }

  @Test
  void thePlanSaysWhereTheEventsWent() {
    EventFrames frames = random(5);
    EventAugmentation moving = new EventAugmentation(0.5, 4, 0, 0);
    for (long seed = 0; seed < 100; seed++) {
      EventFrames moved = moving.apply(frames, seed);
      Geometry plan = moving.plan(H, W, seed);
      for (int i = 0; i < H * W; i++) {
        int row = plan.rows().source(i / W);
        int column = plan.columns().source(i % W);
        int expected = row < 0 || column < 0 ? 0 : frames.count(1, 0, row, column);
        assertThat(moved.count(1, 0, i / W, i % W)).isEqualTo(expected);
      }
    }
  }

  @Test
  void aRollLosesNothingAndAShiftedWindowOnlyWhatLeavesIt() {
    EventFrames frames = random(2);
    for (long seed = 0; seed < 50; seed++) {
      assertThat(total(new EventAugmentation(0, 0, 5, 0).apply(frames, seed).counts()))
          .isEqualTo(total(frames.counts()));
      assertThat(total(new EventAugmentation(0, 3, 0, 0).apply(frames, seed).counts()))
          .isBetween(total(frames.counts()) / 3, total(frames.counts()));
    }
  }

  @Test
  void droppingTakesTimeAreaOrSingleEvents() {
    EventFrames frames = random(3);
    EventAugmentation dropping = new EventAugmentation(0, 0, 0, 1);
    int wholeFrames = 0;
    int rectangles = 0;
    for (long seed = 0; seed < 300; seed++) {
      EventFrames dropped = dropping.apply(frames, seed);
      for (int i = 0; i < frames.counts().length; i++) {
        assertThat(dropped.counts()[i] & 0xff).isLessThanOrEqualTo(frames.counts()[i] & 0xff);
      }
      assertThat(total(dropped.counts())).isLessThan(total(frames.counts()));
      wholeFrames += frameIsEmpty(dropped) ? 1 : 0;
      rectangles += sameRectangleInAllPlanes(frames, dropped) ? 1 : 0;
    }
    assertThat(wholeFrames).isBetween(30, 100);
    assertThat(rectangles).isBetween(70, 130);
  }

  @Test
  void thinningKeepsTheStatedShare() {
    EventFrames frames = random(4);
    EventAugmentation dropping = new EventAugmentation(0, 0, 0, 1);
    double smallest = 1;
    for (long seed = 0; seed < 300; seed++) {
      double kept = (double) total(dropping.apply(frames, seed).counts()) / total(frames.counts());
      smallest = Math.min(smallest, kept);
    }
    assertThat(smallest).as("9/10 of the events dropped").isBetween(0.07, 0.13);
  }

  @Test
  void isAPureFunctionOfFramesAndSeed() {
    EventFrames frames = random(5);
    byte[] before = frames.counts().clone();
    EventAugmentation all = new EventAugmentation(0.5, 2, 2, 0.75);
    byte[][] first = new byte[64][];
    Arrays.setAll(first, seed -> all.apply(frames, seed).counts());
    byte[][] second = new byte[64][];
    IntStream.range(0, 64)
        .parallel()
        .forEach(i -> second[63 - i] = all.apply(frames, 63 - i).counts());
    assertThat(second).isDeepEqualTo(first);
    assertThat(new HashSet<>(Arrays.stream(first).map(Arrays::hashCode).toList()))
        .hasSizeGreaterThan(55);
    assertThat(frames.counts()).isEqualTo(before);
    assertThat(EventAugmentation.NONE.apply(frames, 3).counts()).isEqualTo(before);
  }

  @Test
  void refusesImpossibleValues() {
    assertThatThrownBy(() -> new EventAugmentation(0.5, -1, 0, 2))
        .hasMessage(
            "event augmentation: expected probabilities of 0 to 1 and pixels >= 0, found flip 0.5,"
                + " drop 2.0, crop padding -1 and roll 0");
  }

  private static boolean frameIsEmpty(EventFrames frames) {
    int length = 2 * H * W;
    for (int frame = 0; frame < T; frame++) {
      int from = frame * length;
      if (total(Arrays.copyOfRange(frames.counts(), from, from + length)) == 0) {
        return true;
      }
    }
    return false;
  }

  private static boolean sameRectangleInAllPlanes(EventFrames before, EventFrames after) {
    int changed = 0;
    for (int place = 0; place < H * W; place++) {
      boolean touched = before.counts()[place] != after.counts()[place];
      changed += touched ? 1 : 0;
      for (int plane = 0; plane < 2 * T; plane++) {
        int i = plane * H * W + place;
        if (after.counts()[i] != (touched ? 0 : before.counts()[i])) {
          return false;
        }
      }
    }
    return changed > 0 && changed < H * W / 4;
  }

  private static long total(byte[] counts) {
    long sum = 0;
    for (byte count : counts) {
      sum += count & 0xff;
    }
    return sum;
  }

  private static EventFrames empty() {
    return new EventFrames(T, H, W, new byte[T * 2 * H * W]);
  }

  /** At least one event everywhere, some counts above 127. */
  private static EventFrames random(long seed) {
    SeededRandom random = new SeededRandom(seed);
    EventFrames frames = empty();
    for (int i = 0; i < frames.counts().length; i++) {
      frames.counts()[i] = (byte) (1 + random.nextInt(200));
    }
    return frames;
  }
}
