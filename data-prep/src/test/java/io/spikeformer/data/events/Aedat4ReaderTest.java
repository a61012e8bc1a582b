package io.spikeformer.data.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.common.Text;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class Aedat4ReaderTest {
  private static final SensorSize SENSOR = SensorSize.DAVIS346;

  @ParameterizedTest
  @EnumSource(Aedat4Compression.class)
  void everyEventOfEveryCompressionIsRead(Aedat4Compression compression) throws Exception {
    TestEvents events = TestEvents.generate(10_500, SENSOR, 1);
    TestAedat4 writer = new TestAedat4(SENSOR).compression(compression).packetEvents(6000);
    byte[] file = writer.write(events);
    assertThat(TestEvents.read(TestEvents.aedat4(file), 999))
        .containsExactlyElementsOf(events.rows());
    byte[] withTable = writer.withTable().write(events);
    assertThat(withTable.length).isGreaterThan(file.length);
    assertThat(TestEvents.read(TestEvents.aedat4(withTable), 16_384))
        .containsExactlyElementsOf(events.rows());
    assertThat(TestEvents.aedat4(withTable).span())
        .isEqualTo(new EventSpan(10_500, events.micros()[0], events.micros()[10_499]));
  }

  @Test
  void zstandardFramesWithoutTheirSizeAreRead() throws Exception {
    TestEvents events = TestEvents.generate(9000, SENSOR, 2);
    byte[] file =
        new TestAedat4(SENSOR)
            .compression(Aedat4Compression.ZSTD)
            .withoutContentSize()
            .packetEvents(8000)
            .write(events);
    assertThat(TestEvents.read(TestEvents.aedat4(file), 4000))
        .containsExactlyElementsOf(events.rows());
  }

  @Test
  void aRecordingWithoutEventsIsEmpty() throws Exception {
    byte[] file = new TestAedat4(SENSOR).write(TestEvents.generate(0, SENSOR, 1));
    assertThat(TestEvents.read(TestEvents.aedat4(file), 10)).isEmpty();
    assertThat(TestEvents.aedat4(file).span()).isEqualTo(new EventSpan(0, 0, 0));
  }

  /** The figures come from a Python script that shares nothing with the reader. */
  @Test
  void aRealRecordingHasTheEventsThatAnIndependentReaderFinds() throws Exception {
    Path sample =
        Path.of(System.getProperty("spikeformer.root", ".."), "..", "shared/data/sample.aedat4");
    Assumptions.assumeTrue(Files.exists(sample));
    EventRecording recording =
        EventRecording.aedat4(sample.toString(), () -> Files.newInputStream(sample));
    assertThat(recording.span())
        .isEqualTo(new EventSpan(111_954, 1_605_537_493_718_345L, 1_605_537_494_308_262L));
    long sumX = 0;
    long sumY = 0;
    long on = 0;
    long weighted = 0;
    long number = 0;
    for (long[] event : TestEvents.read(recording, 1000)) {
      sumX += event[1];
      sumY += event[2];
      on += event[3];
      weighted += (event[1] * 320 + event[2]) * (number++ % 1000 + 1);
    }
    assertThat(sumX).isEqualTo(18_342_405);
    assertThat(sumY).isEqualTo(15_105_898);
    assertThat(on).isEqualTo(55_023);
    assertThat(weighted).isEqualTo(2_944_419_105_423L);
    try (EventReader reader = recording.open()) {
      assertThat(reader.sensor()).isEqualTo(new SensorSize(240, 320));
    }
  }

  @Test
  void aFileThatIsNotAedat4IsRefused() {
    assertFault(
        "#!AER-DAT3.1\r\n and more".getBytes(StandardCharsets.US_ASCII),
        "test.aedat4 at byte 0: expected an AEDAT 4.0 file (#!AER-DAT4.0), "
            + "found '#!AER-DAT3.1..'");
  }

  @Test
  void aFileCutAnywhereNamesTheByteAtWhichTheCutPieceBegins() {
    TestAedat4 writer = new TestAedat4(SENSOR).compression(Aedat4Compression.NONE);
    byte[] file = writer.write(TestEvents.generate(100, SENSOR, 3));
    int header = writer.header(-1).length;
    assertFault(
        Arrays.copyOf(file, 16),
        "test.aedat4 at byte 14: file is cut inside the header's size: expected 4 bytes, found 2");
    assertFault(
        Arrays.copyOf(file, header - 10),
        Text.format(
            "test.aedat4 at byte 18: file is cut inside the header: expected %d bytes, found %d",
            header - 18, header - 28));
    assertFault(
        Arrays.copyOf(file, header + 5),
        Text.format(
                "test.aedat4 at byte %d: file is cut inside a packet's header, behind 0 packets"
                    + " of events:",
                header)
            + " expected 8 bytes, found 5");
    int packet = TestAedat4.eventPacket(TestEvents.generate(100, SENSOR, 3)).length;
    assertFault(
        Arrays.copyOf(file, header + 8 + 700),
        Text.format(
            "test.aedat4 at byte %d: file is cut inside packet 0 of events: expected %d bytes,"
                + " found 700",
            header + 8, packet));
    assertFault(
        Arrays.copyOf(file, file.length - 1),
        Text.format(
            "test.aedat4 at byte %d: file is cut inside a packet of stream 4: expected 37 bytes,"
                + " found 36",
            file.length - 37));
  }

  @Test
  void packetsThatEndBeforeTheTableAreACut() {
    TestAedat4 writer = new TestAedat4(SENSOR);
    TestEvents events = TestEvents.generate(100, SENSOR, 3);
    int table = writer.write(events).length;
    int lastPacket = table - writer.packet(4, new byte[37]).length;
    assertFault(
        Arrays.copyOf(writer.withTable().write(events), lastPacket),
        Text.format(
                "test.aedat4 at byte %d: file is cut inside a packet's header, behind 1 packets"
                    + " of events:",
                lastPacket)
            + " expected 8 bytes, found 0");
  }

  @Test
  void aPacketThatReachesIntoTheTableIsRefused() {
    TestAedat4 writer = new TestAedat4(SENSOR).withTable();
    byte[] file = writer.write(TestEvents.generate(100, SENSOR, 3));
    int header = writer.header(0).length;
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(header + 4, file.length - header - 8);
    assertFault(
        file,
        Text.format(
            "test.aedat4 at byte %d: packet size, behind 0 packets of events: expected 0 to",
            header));
  }

  @Test
  void anEventOutsideOfTheSensorIsRefused() {
    TestEvents events = TestEvents.generate(2500, SENSOR, 4);
    events.x()[2002] = 346;
    events.y()[2002] = 17;
    TestAedat4 writer = new TestAedat4(SENSOR).compression(Aedat4Compression.NONE);
    assertFault(
        writer.write(events),
        Text.format(
                "test.aedat4 at byte %d: packet 2 of events, event 2 outside of the sensor: ",
                thirdPacket(writer, events))
            + "expected x in [0, 346) and y in [0, 260), found (346, 17)");
    events.x()[2002] = -1;
    assertFault(writer.write(events), "found (-1, 17)");
  }

  @Test
  void timeThatGoesBackIsRefusedWithinAndBetweenPackets() {
    TestEvents events = TestEvents.generate(2500, SENSOR, 5);
    long before = events.micros()[1999];
    events.micros()[2000] = before - 3;
    TestAedat4 writer = new TestAedat4(SENSOR).compression(Aedat4Compression.NONE);
    String message =
        Text.format(
            "test.aedat4 at byte %d: packet 2 of events, event 0 goes back in time: expected at"
                + " least %d us, found %d us",
            thirdPacket(writer, events), before, before - 3);
    assertFault(writer.write(events), message);
    assertThatThrownBy(() -> TestEvents.aedat4(writer.write(events)).span()).hasMessage(message);
    TestEvents within = TestEvents.generate(500, SENSOR, 5);
    within.micros()[7] = within.micros()[6] - 1;
    assertFault(writer.write(within), "event 7 goes back in time");
  }

  @Test
  void aPolarityThatIsNoTruthValueIsRefused() {
    TestEvents events = TestEvents.generate(50, SENSOR, 5);
    events.polarity()[11] = 2;
    assertFault(
        new TestAedat4(SENSOR).write(events), "event 11: expected polarity 0 or 1, found 2");
  }

  @Test
  void anUnknownCompressionIsRefused() {
    assertFault(
        new TestAedat4(SENSOR).compressionCode(5).write(TestEvents.generate(50, SENSOR, 5)),
        "test.aedat4 at byte 14: compression: expected 0 to 4 "
            + "([NONE, LZ4, LZ4_HIGH, ZSTD, ZSTD_HIGH]), found 5");
  }

  @Test
  void anotherCompressionThanDeclaredIsRefused() {
    TestEvents events = TestEvents.generate(50, SENSOR, 5);
    TestAedat4 writer = new TestAedat4(SENSOR);
    int at = writer.header(-1).length;
    assertFault(
        writer.compressionCode(Aedat4Compression.ZSTD.ordinal()).write(events),
        Text.format("test.aedat4 at byte %d: packet 0 of events, damaged Zstandard frame", at));
    assertFault(
        writer.compression(Aedat4Compression.ZSTD).compressionCode(1).write(events),
        "packet 0 of events, expected an LZ4 frame, found other bytes");
    assertFault(
        writer.compressionCode(0).write(events),
        "packet 0 of events, expected -47205080 bytes behind its length, found");
  }

  @Test
  void absurdSizesAreRefusedBeforeMemoryIsTaken() throws IOException {
    TestAedat4 writer = new TestAedat4(SENSOR).compression(Aedat4Compression.NONE);
    byte[] file = writer.write(TestEvents.generate(100, SENSOR, 3));
    int header = writer.header(-1).length;
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int size = bytes.getInt(header + 4);
    bytes.putInt(header + 4, -7);
    assertFault(
        file,
        Text.format(
            "test.aedat4 at byte %d: packet size, behind 0 packets of events: expected 0 to"
                + " 67108864 bytes, found -7",
            header));
    bytes.putInt(header + 4, Integer.MAX_VALUE);
    assertFault(
        file, "packet too large: expected at most 67108864 bytes, found 2147483647 or more");
    bytes.putInt(header + 4, size);
    bytes.putInt(14, 1 << 30);
    assertFault(
        file, "test.aedat4 at byte 14: header: expected 8 to 16777216 bytes, found 1073741824");
  }

  @ParameterizedTest
  @EnumSource(
      value = Aedat4Compression.class,
      names = {"LZ4", "ZSTD"})
  void aDecompressionBombIsRefused(Aedat4Compression compression) {
    TestAedat4 writer = new TestAedat4(SENSOR).compression(compression);
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(writer.header(-1));
    byte[] bomb = writer.packet(TestAedat4.EVENT_STREAM, new byte[(64 << 20) + 1]);
    assertThat(bomb.length).isLessThan(1 << 20);
    file.writeBytes(bomb);
    assertFault(file.toByteArray(), "packet too large: expected at most 67108864 bytes");
    byte[] undeclared =
        writer.withoutContentSize().packet(TestAedat4.EVENT_STREAM, new byte[(64 << 20) + 1]);
    file.reset();
    file.writeBytes(writer.header(-1));
    file.writeBytes(undeclared);
    assertFault(file.toByteArray(), "packet too large: expected at most 67108864 bytes");
  }

  @Test
  void aHeaderWithoutEventsOrSizesOrWithDamagedXmlIsRefused() {
    TestEvents none = TestEvents.generate(0, SENSOR, 1);
    String xml = TestAedat4.describe(SENSOR);
    TestAedat4 writer = new TestAedat4(SENSOR);
    assertFault(
        writer.description(xml.replace("EVTS", "FRME")).write(none),
        "test.aedat4 at byte 14: header: expected a stream of type EVTS, found none in");
    assertFault(
        writer.description(xml.replace("346", "0")).write(none),
        "header: expected sizeX of stream 1 from 1 to 32767, found 0");
    assertFault(
        writer.description(xml.replace("sizeY", "sizeZ")).write(none),
        "header: expected sizeY of stream 1 from 1 to 32767, found nothing");
    assertFault(
        writer.description(xml.replace("</dv>", "")).write(none),
        "header: expected XML in infoNode, found a fault");
    assertFault(
        writer
            .description("<!DOCTYPE dv [<!ENTITY a SYSTEM \"file:///etc/hostname\">]><dv>&a;</dv>")
            .write(none),
        "test.aedat4 at byte 14: header: expected");
  }

  @Test
  void aFailingStoreIsNoFaultOfTheFile() {
    byte[] file = new TestAedat4(SENSOR).write(TestEvents.generate(5000, SENSOR, 1));
    EventRecording recording =
        EventRecording.aedat4("test.aedat4", () -> new BreakingStream(file, file.length / 2));
    assertThatThrownBy(recording::span).isExactlyInstanceOf(IOException.class).hasMessage("reset");
  }

  @Test
  void everyStreamThatIsOpenedIsClosed() throws Exception {
    AtomicInteger open = new AtomicInteger();
    byte[] good = new TestAedat4(SENSOR).write(TestEvents.generate(5000, SENSOR, 1));
    byte[] bad = Arrays.copyOf(good, 100);
    for (byte[] file : new byte[][] {good, bad}) {
      EventRecording recording =
          EventRecording.aedat4(
              "test.aedat4",
              () -> {
                open.incrementAndGet();
                return new BreakingStream(file, file.length) {
                  @Override
                  public void close() {
                    open.decrementAndGet();
                  }
                };
              });
      try {
        recording.span();
      } catch (InvalidEventsException expected) {
        assertThat(file).isSameAs(bad);
      }
      assertThat(open).hasValue(0);
    }
  }

  /** Breaks after some bytes, as a network does; ends at the end of the file otherwise. */
  private static class BreakingStream extends InputStream {
    private final byte[] bytes;
    private final int breaksAt;
    private int next;

    BreakingStream(byte[] bytes, int breaksAt) {
      this.bytes = bytes;
      this.breaksAt = breaksAt;
    }

    @Override
    public int read() throws IOException {
      if (next == bytes.length) {
        return -1;
      }
      if (next == breaksAt) {
        throw new IOException("reset");
      }
      return bytes[next++] & 0xff;
    }
  }

  private static int thirdPacket(TestAedat4 writer, TestEvents events) {
    int two = writer.packet(1, TestAedat4.eventPacket(events.slice(0, 1000))).length;
    return writer.header(-1).length + 2 * (two + writer.packet(4, new byte[37]).length);
  }

  private static void assertFault(byte[] file, String message) {
    assertThatThrownBy(() -> TestEvents.read(TestEvents.aedat4(file), 500))
        .isInstanceOf(InvalidEventsException.class)
        .hasMessageContaining(message)
        .hasMessageStartingWith("test.aedat4 at byte ");
  }
}
