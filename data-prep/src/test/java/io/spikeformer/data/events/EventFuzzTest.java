package io.spikeformer.data.events;

import static org.assertj.core.api.Assertions.assertThat;

import io.spikeformer.common.UserException;
import io.spikeformer.data.order.SeededRandom;
import io.spikeformer.data.source.HarDvsLabels;
import io.spikeformer.data.text.TextFile;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Damaged inputs end in the readers' own exception or in a result, soon and in bounded memory. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EventFuzzTest {
  private static final int CASES = 500;

  /** A buffer that grew to its limit of 64 MiB by doubling, and the frames. */
  private static final long MOST_MEMORY = 200L << 20;

  private static final SensorSize SENSOR = SensorSize.DAVIS346;
  private static final long[] EXTREMES = {
    0, 1, -1, 255, 65_535, 1 << 24, Integer.MAX_VALUE, 1L << 31
  };

  /** Takes a damaged input. */
  @FunctionalInterface
  private interface Target {
    void accept(byte[] input) throws Exception;
  }

  @ParameterizedTest
  @EnumSource(Aedat4Compression.class)
  void damagedAedat4(Aedat4Compression compression) throws Exception {
    byte[] file =
        new TestAedat4(SENSOR)
            .compression(compression)
            .packetEvents(60)
            .withTable()
            .write(TestEvents.generate(200, SENSOR, 5));
    fuzz(file, input -> integrate(TestEvents.aedat4(input)));
  }

  @Test
  void damagedNpz() throws Exception {
    byte[] file = TestNpz.of(TestEvents.generate(200, SENSOR, 5));
    fuzz(file, input -> integrate(TestEvents.npz(input)));
    byte[] structured =
        TestNpz.stored()
            .array("e", "[('t', '<i4'), ('x', '|u1'), ('y', '|u1'), ('p', '|b1')]", 9, new byte[63])
            .bytes();
    fuzz(structured, input -> integrate(TestEvents.npz(input)));
  }

  @Test
  void damagedFrames() throws Exception {
    byte[] file = new TestAedat4(SENSOR).write(TestEvents.generate(3000, SENSOR, 5));
    EventFrames frames =
        new EventIntegrator(FrameOptions.ofSize(32, 32)).integrate(TestEvents.aedat4(file));
    EventFrameCodec codec = new EventFrameCodec();
    fuzz(codec.encode(frames), codec::decode);
  }

  @Test
  void damagedLabels() throws Exception {
    byte[] text =
        "action_001/dvSave-1 0\naction_002/dvSave-2 1\naction_300/dvSave-3 299\n"
            .getBytes(StandardCharsets.UTF_8);
    fuzz(text, input -> HarDvsLabels.read(TextFile.decode("labels", input)));
  }

  private static void integrate(EventRecording recording) throws Exception {
    new EventIntegrator(FrameOptions.ofSize(32, 32)).integrate(recording);
  }

  private static void fuzz(byte[] good, Target target) throws Exception {
    target.accept(good);
    SeededRandom random = new SeededRandom(good.length);
    int refused = 0;
    for (int i = 0; i < CASES; i++) {
      byte[] damaged = damage(good, random);
      boolean[] isRefused = new boolean[1];
      long allocated =
          Allocation.of(
              () -> {
                try {
                  target.accept(damaged);
                } catch (InvalidEventsException | UserException expected) {
                  isRefused[0] = true;
                  assertThat(expected.getMessage()).isNotBlank().doesNotContain("\n");
                }
              });
      assertThat(allocated).isLessThan(MOST_MEMORY);
      refused += isRefused[0] ? 1 : 0;
    }
    assertThat(refused).isGreaterThan(CASES / 10);
  }

  /** A damaged copy: flipped bits, other bytes, numbers at the edge, a cut, bytes moved. */
  static byte[] damage(byte[] good, SeededRandom random) {
    byte[] bytes = good.clone();
    int faults = 1 + random.nextInt(3);
    for (int i = 0; i < faults && bytes.length > 8; i++) {
      int at = random.nextInt(bytes.length - 8);
      switch (random.nextInt(5)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes[at] = (byte) random.nextInt(256);
        case 2 -> bytes = Arrays.copyOf(bytes, at);
        case 3 -> {
          long value = EXTREMES[random.nextInt(EXTREMES.length)];
          for (int b = 0; b < 4; b++) {
            bytes[at + b] = (byte) (value >> (8 * b));
          }
        }
        default -> {
          int from = random.nextInt(bytes.length - 8);
          System.arraycopy(good, from, bytes, at, Math.min(8, good.length - from));
        }
      }
    }
    return bytes;
  }
}
