package io.spikeformer.data.events;

import java.io.Closeable;
import java.io.IOException;

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
   * @throws InvalidEventsException if the file is damaged, an event lies outside of the sensor or
   *     happened before the one in front of it
   */
  boolean read(EventBatch batch) throws IOException, InvalidEventsException;

  /**
   * Counts the events that have not been read yet, without looking at each; nothing can be read
   * afterwards.
   */
  EventSpan countRemaining() throws IOException, InvalidEventsException;
}
