package io.spikeformer.data.sample;

/**
 * One class for the whole sample.
 *
 * @param label index of the class, from 0
 */
public record ClassLabel(int label) implements Truth {
  /** Checks the range. */
  public ClassLabel {
    if (label < 0) {
      throw new IllegalArgumentException("label: expected >= 0, found " + label);
    }
  }

  @Override
  public long byteCount() {
    return Integer.BYTES;
  }
}
