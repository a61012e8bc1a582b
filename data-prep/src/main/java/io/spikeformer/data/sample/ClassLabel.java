package io.spikeformer.data.sample;

import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;

/**
 * One class for the whole sample.
 *
 * @param label index of the class, from 0
 */
public record ClassLabel(int label) implements Truth {
  /** Checks the range. */
  public ClassLabel {
    if (label < 0) {
      throw new IllegalArgumentException(Text.format("label: expected >= 0, found %s", label));
    }
  }

  /**
   * The label of a sample that has one.
   *
   * @throws UserException if its truth is of another kind
   */
  public static int of(Truth truth) {
    if (truth instanceof ClassLabel known) {
      return known.label();
    }
    throw new UserException(
        "class labels: expected samples for classification, found them for %s; name another split",
        truth.kind().task());
  }

  @Override
  public TruthKind kind() {
    return TruthKind.CLASS_LABEL;
  }

  /** A single number, as small as what every sample takes besides. */
  @Override
  public long byteCount() {
    return 0;
  }
}
