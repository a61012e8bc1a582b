package io.spikeformer.data.events;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/**
 * The events of one recording in the order of the file, which is the order of time. Memory does not
 * grow with the recording. Not thread-safe.
 */
public interface EventReader extends Closeable {
  /** The camera's size; every event lies within. */
  SensorSize sensor();

  /**
   * Reads the next events, as many as the batch holds or fewer.
   *
   * @param batch receives the events; empty at the end of the recording
   * @return false at the end of the recording
   * @throws InvalidEventsException if an event lies outside of the sensor or the file is no
   *     recording
   * @throws DamagedEventsException if the file is cut or damaged from here on, or time goes back;
   *     all events in front of it have been given
   */
  boolean read(EventBatch batch) throws IOException, InvalidEventsException;

  /**
   * Counts the events that have not been read yet, without looking at each; nothing can be read
   * afterwards.
   */
  EventSpan countRemaining() throws IOException, InvalidEventsException;

  /** The decisions so far that could have been decided otherwise, each in one line. */
  default List<String> notes() {
    return List.of();
  }
}
