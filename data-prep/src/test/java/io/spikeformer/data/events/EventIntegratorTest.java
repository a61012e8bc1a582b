package io.spikeformer.data.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.common.Text;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventIntegratorTest {
  private static final SensorSize SENSOR = SensorSize.DAVIS346;

  @ParameterizedTest
  @CsvSource({
    "BY_NUMBER, 8, 260, 346, 255",
    "BY_TIME, 8, 260, 346, 255",
    "BY_NUMBER, 5, 128, 128, 255",
    "BY_TIME, 16, 64, 80, 3",
    "BY_NUMBER, 1, 13, 17, 255",
    "BY_TIME, 8, 1, 1, 255",
    "BY_NUMBER, 8, 128, 128, 1"
  })
  void framesHoldTheEventsOneByOne(
      FrameSplit split, int frames, int height, int width, int maxCount) throws Exception {
    TestEvents events = TestEvents.generate(40_003, SENSOR, 11);
    byte[] file = new TestAedat4(SENSOR).packetEvents(17_000).write(events);
    FrameOptions options = new FrameOptions(frames, split, height, width, maxCount);
    EventFrames found = new EventIntegrator(options).integrate(TestEvents.aedat4(file));
    int[][][][] expected = plain(events, options);
    for (int t = 0; t < frames; t++) {
      for (int p = 0; p < 2; p++) {
        for (int y = 0; y < height; y++) {
          for (int x = 0; x < width; x++) {
            if (found.count(t, p, y, x) != Math.min(maxCount, expected[t][p][y][x])) {
              throw new AssertionError(
                  Text.format(
                      "[%d, %d, %d, %d]: expected %d, found %d",
                      t, p, y, x, expected[t][p][y][x], found.count(t, p, y, x)));
            }
          }
        }
      }
    }
    byte[] npz = TestNpz.of(events);
    assertThat(new EventIntegrator(options).integrate(TestEvents.npz(npz)).counts())
        .isEqualTo(found.counts());
  }

  /** Straight from the definitions. */
  private static int[][][][] plain(TestEvents events, FrameOptions options) {
    int[][][][] counts = new int[options.frames()][2][options.height()][options.width()];
    long start = events.micros()[0];
    long duration = events.micros()[events.count() - 1] - start;
    for (int i = 0; i < events.count(); i++) {
      long position =
          options.split() == FrameSplit.BY_NUMBER
              ? i / (events.count() / options.frames())
              : (events.micros()[i] - start) / (duration / options.frames());
      int frame = (int) Math.min(options.frames() - 1, position);
      int row = events.y()[i] * options.height() / SENSOR.height();
      int column = events.x()[i] * options.width() / SENSOR.width();
      counts[frame][events.polarity()[i]][row][column]++;
    }
    return counts;
  }

  /** The figures come from a NumPy script: events and active pixels of each frame. */
  @Test
  void aRealRecordingGivesTheFramesThatNumpyGives() throws Exception {
    Path sample =
        Path.of(System.getProperty("spikeformer.root", ".."), "..", "shared/data/sample.aedat4");
    Assumptions.assumeTrue(Files.exists(sample));
    EventRecording recording =
        EventRecording.aedat4(sample.toString(), () -> Files.newInputStream(sample));
    EventFrames byNumber = new EventIntegrator(FrameOptions.ofSize(240, 320)).integrate(recording);
    EventFrames byTime =
        new EventIntegrator(new FrameOptions(8, FrameSplit.BY_TIME, 240, 320, 255))
            .integrate(recording);
    assertThat(events(byNumber))
        .containsExactly(13994, 13994, 13994, 13994, 13994, 13994, 13994, 13996);
    assertThat(active(byNumber)).containsExactly(8183, 8671, 8869, 9014, 9063, 9160, 9205, 8699);
    assertThat(events(byTime))
        .containsExactly(8428, 14040, 19252, 21654, 18319, 11005, 7596, 11660);
    assertThat(active(byTime)).containsExactly(5452, 8510, 11116, 12313, 11077, 7533, 5179, 7594);
    byte[] encoded = new EventFrameCodec().encode(byNumber);
    assertThat(20L * encoded.length).isLessThan(Files.size(sample));
  }

  private static int[] events(EventFrames frames) {
    int[] sums = new int[frames.frames()];
    int size = frames.counts().length / frames.frames();
    for (int i = 0; i < frames.counts().length; i++) {
      sums[i / size] += frames.counts()[i] & 0xff;
    }
    return sums;
  }

  private static int[] active(EventFrames frames) {
    int[] sums = new int[frames.frames()];
    int size = frames.counts().length / frames.frames();
    for (int i = 0; i < frames.counts().length; i++) {
      sums[i / size] += frames.counts()[i] == 0 ? 0 : 1;
    }
    return sums;
  }

  /** 256 MB of events, several times what the reader may take from the heap. */
  @Test
  void memoryDoesNotGrowWithTheRecording() throws Exception {
    TestAedat4 writer = new TestAedat4(SENSOR).compression(Aedat4Compression.NONE);
    TestEvents events = TestEvents.generate(10_000, SENSOR, 1);
    Arrays.fill(events.micros(), 77);
    byte[] packet = writer.packet(TestAedat4.EVENT_STREAM, TestAedat4.eventPacket(events));
    int repeats = 1600;
    EventRecording recording =
        EventRecording.aedat4(
            "long.aedat4", () -> new RepeatingStream(writer.header(-1), packet, repeats));
    long[] last = new long[1];
    long allocated =
        Allocation.of(
            () -> {
              EventFrames frames =
                  new EventIntegrator(FrameOptions.ofSize(64, 64)).integrate(recording);
              last[0] = Arrays.stream(events(frames)).sum();
            });
    assertThat(last[0]).isPositive();
    assertThat(recording.span().events()).isEqualTo(16_000_000);
    assertThat(allocated).isLessThan(16 << 20);
  }

  @Test
  void aRecordingInMemoryReadsTheStoreOnce() throws Exception {
    byte[] file = new TestAedat4(SENSOR).write(TestEvents.generate(9000, SENSOR, 1));
    AtomicInteger opened = new AtomicInteger();
    EventRecording recording =
        EventRecording.aedat4(
            "test.aedat4",
            () -> {
              opened.incrementAndGet();
              return new ByteArrayInputStream(file);
            });
    EventIntegrator integrator = new EventIntegrator(FrameOptions.ofSize(64, 64));
    EventFrames twoPasses = integrator.integrate(recording);
    assertThat(opened).hasValue(2);
    EventFrames onePass = integrator.integrate(recording.inMemory(file.length));
    assertThat(opened).hasValue(3);
    assertThat(onePass.counts()).isEqualTo(twoPasses.counts());
    assertThat(recording.inMemory(file.length - 1)).isSameAs(recording);
  }

  @Test
  void recordingsThatDoNotFillTheFramesAreRefused() {
    byte[] few = new TestAedat4(SENSOR).write(TestEvents.generate(7, SENSOR, 1));
    assertFault(
        few,
        FrameOptions.ofSize(64, 64),
        "test.aedat4: expected at least 8 events for as many frames, found 7");
    TestEvents moment = TestEvents.generate(100, SENSOR, 1);
    Arrays.fill(moment.micros(), 5);
    assertFault(
        new TestAedat4(SENSOR).write(moment),
        new FrameOptions(8, FrameSplit.BY_TIME, 64, 64, 255),
        "test.aedat4: expected at least 8 us for as many frames, found 0 us");
    assertFault(
        new TestAedat4(SENSOR).write(moment),
        FrameOptions.ofSize(261, 64),
        "test.aedat4: expected a picture of at least 261 x 64 pixels (height x width), "
            + "found 260 x 346");
  }

  @Test
  void optionsOutsideOfTheirRangesAreRefused() {
    assertThatThrownBy(() -> new FrameOptions(0, FrameSplit.BY_TIME, 8, 8, 1))
        .hasMessageContaining("expected 1 to 1024 frames");
    assertThatThrownBy(() -> new FrameOptions(8, FrameSplit.BY_TIME, 8, 8, 256))
        .hasMessage("frames: expected a largest count of 1 to 255, found 256");
    assertThatThrownBy(() -> new FrameOptions(1024, FrameSplit.BY_TIME, 9999, 9999, 1))
        .hasMessageContaining("67108864 counts in all, found [1024, 2, 9999, 9999]");
  }

  private static void assertFault(byte[] file, FrameOptions options, String message) {
    assertThatThrownBy(() -> new EventIntegrator(options).integrate(TestEvents.aedat4(file)))
        .isInstanceOf(InvalidEventsException.class)
        .hasMessage(message);
  }

  /** A beginning, then the same bytes again and again; takes nothing from the heap. */
  private static final class RepeatingStream extends InputStream {
    private final byte[] start;
    private final byte[] part;
    private final long length;
    private long next;

    RepeatingStream(byte[] start, byte[] part, int repeats) {
      this.start = start;
      this.part = part;
      this.length = start.length + (long) repeats * part.length;
    }

    @Override
    public int read() {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int from, int count) {
      if (next == length) {
        return -1;
      }
      boolean isStart = next < start.length;
      byte[] source = isStart ? start : part;
      int at = isStart ? (int) next : (int) ((next - start.length) % part.length);
      int read = Math.min(count, source.length - at);
      System.arraycopy(source, at, bytes, from, read);
      next += read;
      return read;
    }
  }
}
