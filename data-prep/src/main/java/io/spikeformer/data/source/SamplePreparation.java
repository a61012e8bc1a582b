package io.spikeformer.data.source;

import io.spikeformer.data.sample.Sample;
import io.spikeformer.data.storage.InvalidSampleException;

/** Checks what was read and makes a sample of it; used by one thread. */
@FunctionalInterface
public interface SamplePreparation {
  /**
   * The sample.
   *
   * @param key of the sample
   * @param raw what was read, not rejected
   * @throws InvalidSampleException with the reason, if it is no usable sample
   */
  Sample prepare(String key, RawSample raw) throws InvalidSampleException;
}
