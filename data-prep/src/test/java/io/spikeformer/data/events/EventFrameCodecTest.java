package io.spikeformer.data.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.common.UserException;
import io.spikeformer.data.order.SeededRandom;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventFrameCodecTest {
  private final EventFrameCodec codec = new EventFrameCodec();

  @ParameterizedTest
  @CsvSource({"1, 1, 1", "1, 1, 50", "1, 50, 1", "3, 2, 2", "8, 33, 47", "16, 7, 64"})
  void framesOfAnyDensityComeBack(int frames, int height, int width) {
    SeededRandom random = new SeededRandom(frames + height);
    for (double density : new double[] {0, 0.01, 0.2, 0.9, 1}) {
      for (int most : new int[] {1, 3, 255}) {
        byte[] counts = new byte[frames * 2 * height * width];
        for (int i = 0; i < counts.length; i++) {
          boolean isActive = random.nextDouble() < density;
          counts[i] = (byte) (isActive ? 1 + random.nextInt(most) : 0);
        }
        EventFrames original = new EventFrames(frames, height, width, counts);
        byte[] encoded = codec.encode(original);
        EventFrames decoded = codec.decode(encoded);
        assertThat(decoded.counts()).isEqualTo(counts);
        assertThat(decoded.frames()).isEqualTo(frames);
        assertThat(decoded.height()).isEqualTo(height);
        assertThat(decoded.width()).isEqualTo(width);
        assertThat(codec.encode(decoded)).isEqualTo(encoded);
      }
    }
  }

  @Test
  void aLongRecordingShrinksMoreThanTwentyFold() throws Exception {
    SensorSize sensor = SensorSize.DAVIS346;
    TestEvents events = TestEvents.generate(400_000, sensor, 21);
    byte[] file =
        new TestAedat4(sensor)
            .compression(Aedat4Compression.ZSTD)
            .packetEvents(10_000)
            .write(events);
    EventFrames full =
        new EventIntegrator(FrameOptions.ofSize(260, 346)).integrate(TestEvents.aedat4(file));
    assertThat(codec.encode(full).length * 20L).isLessThan(file.length);
  }

  @Test
  void damagedBytesAreRefused() {
    EventFrames frames = new EventFrames(2, 8, 8, new byte[256]);
    frames.counts()[77] = 9;
    byte[] encoded = codec.encode(frames);
    assertFault(
        new byte[0], "event frames: expected version 1 and 11 bytes or more, found version none");
    byte[] future = encoded.clone();
    future[0] = 2;
    assertFault(
        future, "event frames: expected version 1 and 11 bytes or more, found version 2 and");
    assertFault(Arrays.copyOf(encoded, encoded.length - 1), "expected their checksum, found");
    assertFault(Arrays.copyOf(encoded, encoded.length + 1), "expected their checksum, found");
    byte[] flipped = encoded.clone();
    flipped[13] ^= 16;
    assertFault(flipped, "event frames [2, 2, 8, 8]: expected their checksum");
    byte[] huge = encoded.clone();
    Arrays.fill(huge, 1, 7, (byte) 0xff);
    assertFault(huge, "67108864 counts in all, found [65535, 2, 65535, 65535]");
  }

  private void assertFault(byte[] bytes, String message) {
    assertThatThrownBy(() -> codec.decode(bytes))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(message);
  }
}
