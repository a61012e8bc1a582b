package io.spikeformer.data.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.common.Text;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NpzReaderTest {
  /** Files that NumPy wrote: see generate.py beside them. */
  @ParameterizedTest
  @ValueSource(strings = {"stored", "deflated", "structured"})
  void whatNumpyWritesIsRead(String name) throws Exception {
    List<long[]> events = TestEvents.read(TestEvents.npz(fixture(name)), 7);
    assertThat(events).hasSize(40);
    for (int i = 0; i < 40; i++) {
      assertThat(events.get(i))
          .containsExactly(1_000_000 + 37 * i, (i * 97) % 346, (i * 61) % 260, i % 3 == 0 ? 1 : 0);
    }
    assertThat(TestEvents.npz(fixture(name)).span())
        .isEqualTo(new EventSpan(40, 1_000_000, 1_000_000 + 37 * 39));
  }

  @Test
  void secondsAreReadWhenTheyAreAskedForAndNotMistakenForMicroseconds() throws Exception {
    byte[] file = fixture("seconds");
    EventRecording recording =
        EventRecording.npz(
            "s.npz",
            () -> new java.io.ByteArrayInputStream(file),
            SensorSize.DAVIS346,
            TimeUnit.SECONDS);
    List<long[]> events = TestEvents.read(recording, 100);
    for (int i = 0; i < 40; i++) {
      assertThat(events.get(i)[0]).isBetween(999_999L + 37 * i, 1_000_000L + 37 * i);
    }
    assertFault(
        file,
        "member 't': event 1: expected whole microseconds, found 1.000037; are these seconds?");
  }

  @Test
  void longRecordingsAreReadChunkByChunk() throws Exception {
    TestEvents events = TestEvents.generate(20_000, SensorSize.DAVIS346, 9);
    assertThat(TestEvents.read(TestEvents.npz(TestNpz.of(events)), 5000))
        .containsExactlyElementsOf(events.rows());
  }

  @Test
  void aRecordingWithoutEventsIsEmpty() throws Exception {
    byte[] file = TestNpz.of(TestEvents.generate(0, SensorSize.DAVIS346, 9));
    assertThat(TestEvents.read(TestEvents.npz(file), 10)).isEmpty();
    assertThat(TestEvents.npz(file).span()).isEqualTo(new EventSpan(0, 0, 0));
  }

  @Test
  void damagedZipsAreRefused() {
    byte[] file = TestNpz.of(TestEvents.generate(20_000, SensorSize.DAVIS346, 9));
    assertFault(new byte[0], "expected a zip of .npy arrays, found other bytes");
    assertFault("no zip at all, is it?".getBytes(), "expected a zip of .npy arrays");
    assertFault(Arrays.copyOf(file, 5000), "damaged zip: Unexpected end of ZLIB input stream");
    byte[] stored = TestNpz.stored().array("t", "'<i8'", 3, new byte[24]).bytes();
    stored[40 + 128] ^= 1;
    assertFault(stored, "damaged zip: invalid entry CRC");
  }

  @Test
  void damagedMembersAreRefused() {
    assertFault(
        TestNpz.stored().member("t.npy", new byte[50]).bytes(),
        "member 't': expected a .npy array");
    assertFault(
        TestNpz.stored().member("t.npy", new byte[3]).bytes(),
        "member 't': cut inside the header: expected 10 bytes, found 3");
    byte[] future = TestNpz.npy("'<i8'", "(1,)", new byte[8]);
    future[6] = 9;
    assertFault(
        TestNpz.stored().member("t.npy", future).bytes(),
        "expected .npy format version 1 to 3, found 9");
    byte[] matrix = TestNpz.npy("'<i8'", "(2, 4)", new byte[64]);
    assertFault(
        TestNpz.stored().member("t.npy", matrix).bytes(),
        "expected a one-dimensional array, found {");
    assertFault(withTimes("'<U8'", 1, new byte[32]), "found type '<U8'");
    assertFault(withTimes("'|O'", 1, new byte[32]), "found type '|O'");
    for (int bytes : new int[] {1, 3, 8, 9999}) {
      String type = Text.format("'|V%d'", bytes);
      assertFault(withTimes(type, 2, new byte[2 * bytes]), "member 't': expected integers, floats");
    }
    assertFault(
        withTimes("'<i8'", 99_999_999_999_999L, new byte[8]),
        "expected at most 68719476736 events");
    assertFault(
        withTimes("'<i8'", 2, new byte[15]),
        "member 't': cut inside the events: expected 2, found 1");
    assertFault(
        withTimes("'<i8'", 2, new byte[17]),
        "member 't': expected its end, found more bytes than its header declares");
    assertFault(
        withTimes("'<i8'", 3, new byte[24]), "member 'x': expected 3 events as in 't', found 2");
    assertFault(
        withTimes("[('t', '|V9000')]", 1, new byte[9000]), "expected fields of numbers in 'descr'");
    assertFault(
        withTimes("[('a', '<i8')]", 1, new byte[8]), "expected a field [t, timestamp, ts], found");
  }

  /** Two events, whose times are as given. */
  private static byte[] withTimes(String descr, long length, byte[] data) {
    return TestNpz.stored()
        .array("t", descr, length, data)
        .array("x", "'<i2'", 2, new byte[4])
        .array("y", "'<i2'", 2, new byte[4])
        .array("p", "'|b1'", 2, new byte[2])
        .bytes();
  }

  @Test
  void whatLiesBesideTheColumnsDoesNotMatter() throws Exception {
    TestEvents events = TestEvents.generate(20, SensorSize.DAVIS346, 9);
    byte[] label = TestNpz.npy("'<i8'", "()", new byte[8]);
    byte[] meta = TestNpz.npy("[('id', '<i8')]", "(1,)", new byte[8]);
    for (boolean first : new boolean[] {true, false}) {
      TestNpz file = TestNpz.stored();
      if (first) {
        file.member("label.npy", label).member("meta.npy", meta).member("notes.txt", new byte[3]);
      }
      TestNpz.addColumns(file, events);
      if (!first) {
        file.member("label.npy", label).member("meta.npy", meta).member("notes.txt", new byte[3]);
      }
      assertThat(TestEvents.read(TestEvents.npz(file.bytes()), 10))
          .containsExactlyElementsOf(events.rows());
    }
  }

  @Test
  void structuresAreFoundBehindOtherArrays() throws Exception {
    byte[] row = TestNpz.buffer(13).putLong(7).putShort((short) 3).putShort((short) 4).array();
    byte[] file =
        TestNpz.stored()
            .member("label.npy", TestNpz.npy("'<i8'", "()", new byte[8]))
            .array("meta", "[('id', '<i8')]", 1, new byte[8])
            .array("events", "[('t', '<i8'), ('x', '<i2'), ('y', '<i2'), ('p', '|u1')]", 1, row)
            .bytes();

    assertThat(TestEvents.read(TestEvents.npz(file), 10)).containsExactly(new long[] {7, 3, 4, 0});
  }

  @Test
  void aMissingColumnIsNamed() {
    byte[] file =
        TestNpz.stored()
            .array("t", "'<i8'", 1, new byte[8])
            .array("x", "'|u1'", 1, new byte[1])
            .bytes();
    assertFault(file, "expected a member named [y], found [t, x]");
  }

  @Test
  void eventsThatCannotBeAreRefused() {
    TestEvents outside = TestEvents.generate(9000, SensorSize.DAVIS346, 9);
    outside.y()[8500] = 260;
    assertFault(
        TestNpz.of(outside),
        "member 'x': event 8500: outside of the sensor: "
            + "expected x in [0, 346) and y in [0, 260), found");
    TestEvents backwards = TestEvents.generate(9000, SensorSize.DAVIS346, 9);
    backwards.micros()[8192] = 5;
    assertFault(
        TestNpz.of(backwards),
        Text.format(
            "member 't': event 8192: goes back in time: expected at least %d us, found 5 us",
            backwards.micros()[8191]));
    TestEvents polarity = TestEvents.generate(20, SensorSize.DAVIS346, 9);
    polarity.polarity()[3] = 7;
    assertFault(
        TestNpz.of(polarity), "member 'p': event 3: expected polarity 0 or 1, or -1 or 1, found 7");
    byte[] unsigned = new byte[16];
    unsigned[15] = (byte) 0x80;
    assertFault(
        withTimes("'<u8'", 2, unsigned),
        "event 1: expected whole microseconds, found 9223372036854775808");
    assertFault(
        withTimes("'<f8'", 2, TestNpz.buffer(16).putDouble(0).putDouble(Double.NaN).array()),
        "event 1: expected whole microseconds, found NaN");
  }

  /** 4 million events, 52 MB once inflated, from a file of 60 kB. */
  @Test
  void memoryDoesNotGrowWithTheRecording() throws Exception {
    int count = 4_000_000;
    byte[] file =
        TestNpz.deflated()
            .array("t", "'<i8'", count, new byte[8 * count])
            .array("x", "'<u2'", count, new byte[2 * count])
            .array("y", "'<u2'", count, new byte[2 * count])
            .array("p", "'|u1'", count, new byte[count])
            .bytes();
    long[] events = new long[1];
    long allocated =
        Allocation.of(
            () -> {
              EventBatch batch = new EventBatch();
              try (EventReader reader = TestEvents.npz(file).open()) {
                while (reader.read(batch)) {
                  events[0] += batch.size();
                }
              }
            });
    assertThat(events[0]).isEqualTo(count);
    assertThat(allocated).isLessThan(8 << 20);
  }

  @Test
  void everyStreamThatIsOpenedIsClosed() throws Exception {
    AtomicInteger open = new AtomicInteger();
    byte[] good = TestNpz.of(TestEvents.generate(5000, SensorSize.DAVIS346, 1));
    for (byte[] file :
        new byte[][] {good, Arrays.copyOf(good, 100), withTimes("'<i8'", 3, new byte[24])}) {
      EventRecording recording =
          EventRecording.npz(
              "test.npz",
              () -> {
                open.incrementAndGet();
                return new java.io.ByteArrayInputStream(file) {
                  @Override
                  public void close() {
                    open.decrementAndGet();
                  }
                };
              },
              SensorSize.DAVIS346,
              TimeUnit.MICROSECONDS);
      try {
        recording.span();
      } catch (InvalidEventsException expected) {
        assertThat(file).isNotSameAs(good);
      }
      assertThat(open).hasValue(0);
    }
  }

  private static byte[] fixture(String name) throws IOException {
    try (InputStream stream = NpzReaderTest.class.getResourceAsStream("/events/" + name + ".npz")) {
      return stream.readAllBytes();
    }
  }

  private static void assertFault(byte[] file, String message) {
    assertThatThrownBy(() -> TestEvents.read(TestEvents.npz(file), 500))
        .isInstanceOf(InvalidEventsException.class)
        .hasMessageContaining(message)
        .hasMessageStartingWith("test.npz at byte ");
  }
}
