package io.spikeformer.data.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.common.Text;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Recordings that are cut or whose clock begins anew, and files of several streams of events. */
class DamagedRecordingsTest {
  private static final SensorSize SENSOR = SensorSize.DAVIS346;
  private static final TestEvents EVENTS = TestEvents.generate(2500, SENSOR, 7);
  private static final int HEADER = new TestAedat4(SENSOR).header(-1).length;

  private static TestAedat4 writer() {
    return new TestAedat4(SENSOR).compression(Aedat4Compression.NONE).packetEvents(500);
  }

  @Test
  void aFileThatIsCutIsKeptUpToItsLastWholePacket() throws Exception {
    byte[] file = writer().write(EVENTS);
    int packet = writer().packet(1, TestAedat4.eventPacket(EVENTS.slice(0, 500))).length;
    int others = writer().packet(4, new byte[37]).length;
    int third = HEADER + 2 * (packet + others);

    assertKept(
        TestEvents.aedat4(Arrays.copyOf(file, third + 3000)),
        1000,
        Text.format(
            "test.aedat4 at byte %d: file is cut inside packet 2 of events: expected %d bytes,"
                + " found 2992",
            third + 8, packet - 8));
    assertKept(
        TestEvents.aedat4(Arrays.copyOf(file, third + 5)),
        1000,
        Text.format(
                "test.aedat4 at byte %d: file is cut inside a packet's header, behind 2 packets"
                    + " of events:",
                third)
            + " expected 8 bytes, found 5");
    byte[] garbled = file.clone();
    Arrays.fill(garbled, third + 8, third + 40, (byte) 0x5a);
    assertKept(TestEvents.aedat4(garbled), 1000, "packet 2 of events, expected ");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 499, 500, 777, 2499})
  void aClockThatBeginsAnewEndsTheRecordingThere(int at) throws Exception {
    byte[] file = EventFiles.resetAedat4(2500, at);

    assertKept(
        TestEvents.aedat4(file),
        at,
        Text.format(
            "packet %d of events, event %d goes back in time: expected at least %d us, found %d us",
            at / 200, at % 200, EVENTS.micros()[at - 1], EVENTS.micros()[0] - 1));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5000, 8191, 8192, 8999})
  void soDoesItInFourArrays(int at) throws Exception {
    TestEvents events = TestEvents.generate(9000, SENSOR, 7);

    assertKept(
        TestEvents.npz(EventFiles.resetNpz(9000, at)),
        events.slice(0, at),
        Text.format(
            "member 't': event %d: goes back in time: expected at least %d us, found %d us",
            at, events.micros()[at - 1], events.micros()[0] - 1));
  }

  @Test
  void structuresThatAreCutAreKeptAsFarAsTheyAreWhole() throws Exception {
    for (TestNpz npz : List.of(TestNpz.stored(), TestNpz.deflated())) {
      var rows = TestNpz.buffer(13 * EVENTS.count());
      for (int i = 0; i < EVENTS.count(); i++) {
        rows.putLong(EVENTS.micros()[i]).putShort((short) EVENTS.x()[i]);
        rows.putShort((short) EVENTS.y()[i]).put((byte) EVENTS.polarity()[i]);
      }
      String descr = "[('t', '<i8'), ('x', '<i2'), ('y', '<i2'), ('p', '|u1')]";
      byte[] file = npz.array("events", descr, EVENTS.count(), rows.array()).bytes();
      EventRecording cut = TestEvents.npz(Arrays.copyOf(file, file.length / 2));

      List<long[]> kept = TestEvents.read(kept(cut), 10);

      assertThat(kept).hasSizeBetween(800, 2000);
      assertKept(
          cut,
          EVENTS.slice(0, kept.size()),
          "cut inside the events: expected 2500, found " + kept.size());
    }
  }

  @ParameterizedTest
  @EnumSource(DamagedRecordings.class)
  void whatIsWrongOtherwiseIsRefusedEitherWay(DamagedRecordings choice) {
    TestEvents outside = EVENTS.slice(0, 2500);
    outside.y()[2000] = 260;
    byte[] flipped = TestNpz.addColumns(TestNpz.stored(), EVENTS).bytes();
    flipped[40 + 128] ^= 1;
    byte[] npz = TestNpz.of(EVENTS);
    assertRefused(choice, TestEvents.aedat4(writer().write(outside)), "outside of the sensor");
    assertRefused(choice, TestEvents.npz(TestNpz.of(outside)), "outside of the sensor");
    assertRefused(choice, TestEvents.npz(flipped), "damaged zip");
    // without the arrays at its end an event has no place
    assertRefused(choice, TestEvents.npz(Arrays.copyOf(npz, npz.length / 3)), "damaged zip");
    assertRefused(
        choice,
        TestEvents.aedat4(Arrays.copyOf(writer().write(EVENTS), HEADER - 3)),
        "file is cut inside the header");
  }

  @Test
  void tooFewEventsInFrontOfTheDamageAreRefusedWithBothReasons() {
    FrameOptions options = FrameOptions.ofSize(26, 34);
    EventRecording recording = kept(TestEvents.aedat4(EventFiles.resetAedat4(2500, 5)));

    assertThatThrownBy(() -> new EventIntegrator(options).integrate(recording))
        .isInstanceOf(InvalidEventsException.class)
        .hasMessageContaining("expected at least 8 events for as many frames, found 5; kept up to")
        .hasMessageContaining("goes back in time");
  }

  @Test
  void ofSeveralStreamsTheLowestIsReadAndSaidUnlessOneIsAskedFor() throws Exception {
    byte[] file = EventFiles.twoStreams(300, 10, 2);
    EventRecording lowest = TestEvents.aedat4(file);
    EventRecording ten =
        EventRecording.aedat4(
            "test.aedat4", () -> new ByteArrayInputStream(file), OptionalInt.of(10));

    assertThat(TestEvents.read(lowest, 100))
        .containsExactlyElementsOf(TestEvents.generate(300, SENSOR, 2).rows());
    assertThat(notes(lowest))
        .containsExactly(
            "stream 2 is read, the lowest of the streams of events 2 (module2, events), 10"
                + " (module10, events)");
    assertThat(TestEvents.read(ten, 100))
        .containsExactlyElementsOf(TestEvents.generate(300, SENSOR, 10).rows());
    assertThat(notes(ten)).isEmpty();
    assertThat(notes(TestEvents.aedat4(writer().write(EVENTS)))).isEmpty();
    assertThatThrownBy(
            EventRecording.aedat4(
                    "test.aedat4", () -> new ByteArrayInputStream(file), OptionalInt.of(3))
                ::span)
        .isInstanceOf(InvalidEventsException.class)
        .hasMessageEndingWith(
            "header: expected a stream of type EVTS with number 3, found 2 (module2, events), 10"
                + " (module10, events)");
  }

  private static EventRecording kept(EventRecording recording) {
    return recording.withDamaged(DamagedRecordings.KEEP_PREFIX);
  }

  private static List<String> notes(EventRecording recording) throws Exception {
    List<String> notes = new ArrayList<>();
    recording.span(notes::add);
    return notes;
  }

  private static void assertKept(EventRecording recording, int events, String damage)
      throws Exception {
    assertKept(recording, EVENTS.slice(0, events), damage);
  }

  private static void assertKept(EventRecording recording, TestEvents events, String damage)
      throws Exception {
    assertThatThrownBy(() -> TestEvents.read(recording, 300))
        .isInstanceOf(DamagedEventsException.class)
        .hasMessageContaining(damage);
    for (int batch : new int[] {1, 300, 16_384}) {
      assertThat(TestEvents.read(kept(recording), batch)).containsExactlyElementsOf(events.rows());
    }
    EventSpan span = kept(recording).span();
    long last = events.micros()[events.count() - 1];
    assertThat(span).isEqualTo(new EventSpan(events.count(), events.micros()[0], last));
    assertThat(notes(kept(recording))).hasSize(1);
    assertThat(notes(kept(recording)).get(0))
        .startsWith(
            Text.format(
                "kept up to the damage, %d events until %d us: test.", events.count(), last))
        .contains(damage);
  }

  private static void assertRefused(
      DamagedRecordings choice, EventRecording recording, String reason) {
    assertThatThrownBy(() -> TestEvents.read(recording.withDamaged(choice), 300))
        .isInstanceOf(InvalidEventsException.class)
        .isNotInstanceOf(DamagedEventsException.class)
        .hasMessageContaining(reason);
  }
}
