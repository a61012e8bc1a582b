package io.spikeformer.data.events;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Needs a machine that does nothing else. */
@Tag("slow")
class EventSpeedTest {
  private static final int EVENTS = 3_000_000;

  @ParameterizedTest
  @EnumSource(Aedat4Compression.class)
  void tenMillionEventsASecondBecomeFrames(Aedat4Compression compression) throws Exception {
    byte[] file =
        new TestAedat4(SensorSize.DAVIS346)
            .compression(compression)
            .packetEvents(10_000)
            .write(TestEvents.generate(EVENTS, SensorSize.DAVIS346, 7));
    EventIntegrator integrator = new EventIntegrator(FrameOptions.ofSize(128, 128));
    double best = 0;
    for (int i = 0; i < 8; i++) {
      long start = System.nanoTime();
      integrator.integrate(TestEvents.aedat4(file));
      best = Math.max(best, EVENTS / 1e6 / ((System.nanoTime() - start) / 1e9));
    }
    System.out.printf("%s: %.1f million events a second%n", compression, best);
    assertThat(best).isGreaterThan(10);
  }
}
