package io.spikeformer.model.kernel.fast;

/** How products with spikes are computed where both ways are there. */
public enum SpikeProducts {
  /** Event by event below a firing rate, else densely: the rates are those of {@link DenseForm}. */
  BY_RATE,
  /** Event by event at every rate. */
  EVENTS,
  /** Densely at every rate. */
  DENSE
}
