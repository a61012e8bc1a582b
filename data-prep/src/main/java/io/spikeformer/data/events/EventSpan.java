package io.spikeformer.data.events;

import io.spikeformer.common.Text;

/**
 * How many events a recording has and when they happened.
 *
 * @param events number of events, at least 0
 * @param firstMicros time of the first event in microseconds; 0 without events
 * @param lastMicros time of the last event in microseconds, not before the first
 */
public record EventSpan(long events, long firstMicros, long lastMicros) {
  public EventSpan {
    if (events < 0 || lastMicros < firstMicros) {
      throw new IllegalArgumentException(
          Text.format(
              "events: expected a count >= 0 and an end not before the start, found %d from %d to"
                  + " %d",
              events, firstMicros, lastMicros));
    }
  }
}
