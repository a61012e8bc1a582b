package io.spikeformer.data.events;

import io.spikeformer.data.SeededRandom;
import io.spikeformer.data.image.ImageCodec;
import io.spikeformer.data.image.ImageEncoding;
import io.spikeformer.data.image.RgbImage;
import java.io.ByteArrayInputStream;
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
