package io.spikeformer.data.events;

/**
 * A recording that is cut, or damaged from one place on: the events in front of that place have
 * been read and are whole.
 */
public final class DamagedEventsException extends InvalidEventsException {
  private static final long serialVersionUID = 1;

  DamagedEventsException(String message) {
    super(message);
  }
}
