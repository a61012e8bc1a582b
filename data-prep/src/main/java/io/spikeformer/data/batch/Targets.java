package io.spikeformer.data.batch;

/** The targets of a batch, as a task learns and judges it. */
public interface Targets {
  /** Of samples that nobody judges. */
  Targets NONE = new Targets() {};
}
