package io.spikeformer.data.detection;

import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;

/**
 * A value of JSON that is another than its field has to have. Reading can go on behind it; the
 * message has the place, the reason has not.
 */
final class InvalidValueException extends UserException {
  private static final long serialVersionUID = 1;

  private final String reason;

  InvalidValueException(String place, String reason) {
    super(Text.format("%s: %s", place, reason));
    this.reason = reason;
  }

  String reason() {
    return reason;
  }
}
