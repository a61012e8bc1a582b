package io.spikeformer.data.events;

import io.spikeformer.data.image.ImageCodec;
import io.spikeformer.data.image.ImageEncoding;
import io.spikeformer.data.image.RgbImage;
import io.spikeformer.data.order.SeededRandom;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;

/** Recordings of generated events in every form, for tests of other packages. */
public final class EventFiles {
  private EventFiles() {}

  /** An AEDAT 4.0 file of a DAVIS346: NONE, LZ4, LZ4_HIGH, ZSTD or ZSTD_HIGH. */
  public static byte[] aedat4(int events, long seed, String compression) {
    return new TestAedat4(SensorSize.DAVIS346)
        .compression(Aedat4Compression.valueOf(compression))
        .packetEvents(200)
        .withTable()
        .write(TestEvents.generate(events, SensorSize.DAVIS346, seed));
  }

  /** The same events as in {@link #aedat4} as four arrays. */
  public static byte[] npz(int events, long seed) {
    return TestNpz.of(TestEvents.generate(events, SensorSize.DAVIS346, seed));
  }

  /** Events of seed 7 in packets of 200, whose time begins anew at one of them. */
  public static byte[] resetAedat4(int events, int at) {
    return new TestAedat4(SensorSize.DAVIS346)
        .compression(Aedat4Compression.NONE)
        .packetEvents(200)
        .write(reset(events, at));
  }

  /** The same as four arrays. */
  public static byte[] resetNpz(int events, int at) {
    return TestNpz.of(reset(events, at));
  }

  /** Frames of the events in front of that place. */
  public static EventFrames resetFree(int at, FrameOptions options)
      throws IOException, InvalidEventsException {
    return frames(
        new TestAedat4(SensorSize.DAVIS346)
            .write(TestEvents.generate(400, SensorSize.DAVIS346, 7).slice(0, at)),
        options);
  }

  private static TestEvents reset(int events, int at) {
    TestEvents all = TestEvents.generate(events, SensorSize.DAVIS346, 7);
    long first = all.micros()[0];
    for (int i = at; i < events; i++) {
      all.micros()[i] += first - all.micros()[at] - 1;
    }
    return all;
  }

  /** An AEDAT 4.0 file with two streams of events, of seeds as their numbers. */
  public static byte[] twoStreams(int events, int first, int second) {
    TestAedat4 writer =
        new TestAedat4(SensorSize.DAVIS346)
            .compression(Aedat4Compression.NONE)
            .description(TestAedat4.describe(SensorSize.DAVIS346, first, second));
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(writer.header(-1));
    for (int stream : new int[] {first, second}) {
      TestEvents content = TestEvents.generate(events, SensorSize.DAVIS346, stream);
      file.writeBytes(writer.packet(stream, TestAedat4.eventPacket(content)));
    }
    return file.toByteArray();
  }

  /** Frames of an AEDAT 4.0 file, integrated directly. */
  public static EventFrames frames(byte[] aedat4, FrameOptions options)
      throws IOException, InvalidEventsException {
    return new EventIntegrator(options)
        .integrate(EventRecording.aedat4("a", () -> new ByteArrayInputStream(aedat4)));
  }

  /** A copy with seeded faults. */
  public static byte[] damaged(byte[] good, SeededRandom random) {
    return EventFuzzTest.damage(good, random);
  }

  /** A white picture with one red and one blue pixel. */
  public static byte[] picture(int height, int width, int on, int off) {
    byte[] pixels = new byte[height * width * RgbImage.CHANNELS];
    Arrays.fill(pixels, (byte) 255);
    pixels[on * RgbImage.CHANNELS + 1] = 0;
    pixels[on * RgbImage.CHANNELS + 2] = 0;
    pixels[off * RgbImage.CHANNELS] = 0;
    pixels[off * RgbImage.CHANNELS + 1] = 0;
    return new ImageCodec().encode(new RgbImage(height, width, pixels), ImageEncoding.PNG);
  }
}
