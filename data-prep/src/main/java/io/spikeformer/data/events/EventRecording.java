package io.spikeformer.data.events;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * A recording of events that can be read as often as needed, from any store.
 *
 * <p>Thread-safe as far as its opener is.
 */
public final class EventRecording {
  /** Opens readers of one file format. */
  @FunctionalInterface
  private interface Format {
    EventReader open(String name, StreamOpener opener) throws IOException, InvalidEventsException;
  }

  private final String name;
  private final StreamOpener opener;
  private final Format format;
  private final DamagedRecordings damaged;

  private EventRecording(
      String name, StreamOpener opener, Format format, DamagedRecordings damaged) {
    this.name = name;
    this.opener = opener;
    this.format = format;
    this.damaged = damaged;
  }

  /**
   * An AEDAT 4.0 file, which says itself how large the sensor is; its lowest stream of events.
   *
   * @param name the file's name, for messages
   * @param opener opens it
   */
  public static EventRecording aedat4(String name, StreamOpener opener) {
    return aedat4(name, opener, OptionalInt.empty());
  }

  /**
   * An AEDAT 4.0 file, which says itself how large the sensor is.
   *
   * @param name the file's name, for messages
   * @param opener opens it
   * @param stream number of the stream of events; without one the lowest, which {@link
   *     EventReader#notes} says if there are several
   */
  public static EventRecording aedat4(String name, StreamOpener opener, OptionalInt stream) {
    return new EventRecording(
        name, opener, (file, source) -> openAedat4(file, source, stream), DamagedRecordings.REJECT);
  }

  /**
   * A NumPy .npz with the arrays t, x, y and p.
   *
   * @param name the file's name, for messages
   * @param opener opens it
   * @param sensor the camera's size, which the file does not say
   * @param unit the unit of t, which the file does not say
   */
  public static EventRecording npz(
      String name, StreamOpener opener, SensorSize sensor, TimeUnit unit) {
    return new EventRecording(
        name,
        opener,
        (file, source) -> new NpzReader(file, source, sensor, unit),
        DamagedRecordings.REJECT);
  }

  /** The same recording, with another treatment of damage. */
  public EventRecording withDamaged(DamagedRecordings choice) {
    return new EventRecording(name, opener, format, choice);
  }

  public String name() {
    return name;
  }

  /** A reader at the first event; the caller closes it. */
  public EventReader open() throws IOException, InvalidEventsException {
    EventReader reader = format.open(name, opener);
    return damaged == DamagedRecordings.KEEP_PREFIX ? new PrefixReader(reader) : reader;
  }

  /**
   * Counts the events. An AEDAT 4.0 file is decompressed but its events are not looked at; of four
   * arrays only t is. Of a recording that is kept up to its damage every event is.
   *
   * @param notes receives {@link EventReader#notes}
   */
  public EventSpan span(Consumer<String> notes) throws IOException, InvalidEventsException {
    try (EventReader reader = open()) {
      EventSpan span = reader.countRemaining();
      reader.notes().forEach(notes);
      return span;
    }
  }

  /** Counts the events; what was decided on the way is not asked for. */
  public EventSpan span() throws IOException, InvalidEventsException {
    return span(note -> {});
  }

  /**
   * The same recording with its file in memory, so that several passes read the store once; this
   * recording unchanged if the file is larger than the limit.
   *
   * @param limit most bytes to keep
   */
  public EventRecording inMemory(int limit) throws IOException {
    byte[] bytes;
    try (InputStream stream = opener.open()) {
      bytes = stream.readNBytes(limit);
      if (stream.read() >= 0) {
        return this;
      }
    }
    return new EventRecording(name, () -> new ByteArrayInputStream(bytes), format, damaged);
  }

  private static EventReader openAedat4(String name, StreamOpener opener, OptionalInt wanted)
      throws IOException, InvalidEventsException {
    CountingStream stream = new CountingStream(opener.open(), name);
    try {
      return new Aedat4Reader(stream, wanted);
    } catch (IOException | InvalidEventsException | RuntimeException failure) {
      stream.close();
      throw failure;
    }
  }
}
