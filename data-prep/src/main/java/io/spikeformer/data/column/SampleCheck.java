package io.spikeformer.data.column;

import io.spikeformer.data.sample.Sample;
import io.spikeformer.data.storage.InvalidSampleException;

/**
 * Looks at a sample of a shard as closely as training would: everything is decoded.
 *
 * @param split the facts of its manifest
 * @param annotations is told of the objects of samples that are sound
 */
public record SampleCheck(SplitFacts split, AnnotationListener annotations) {
  /**
   * Checks a sample.
   *
   * @throws InvalidSampleException saying what is wrong
   */
  public void check(Sample sample) throws InvalidSampleException {
    for (float logit : sample.logits()) {
      if (!Float.isFinite(logit)) {
        throw new InvalidSampleException("logits: expected finite numbers, found " + logit);
      }
    }
    for (SampleParts.Part<?> part : SampleParts.of(sample.kind())) {
      part.check(sample, split, annotations);
    }
  }
}
