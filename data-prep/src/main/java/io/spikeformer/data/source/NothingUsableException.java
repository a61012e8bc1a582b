package io.spikeformer.data.source;

import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.sample.Rejection;
import java.util.List;

/** A dataset none of whose files can become a sample, with what is wrong with each of them. */
public final class NothingUsableException extends UserException {
  private static final long serialVersionUID = 1;

  private final transient List<Rejection> rejected;

  /**
   * A dataset without any usable file.
   *
   * @param message what was expected, and where
   * @param rejected every file of it; empty if there is none at all
   */
  NothingUsableException(String message, List<Rejection> rejected) {
    super(message + first(rejected));
    this.rejected = List.copyOf(rejected);
  }

  private static String first(List<Rejection> rejected) {
    return rejected.isEmpty()
        ? ""
        : Text.format(
            "; all %d files are rejected, the first is %s (%s)",
            rejected.size(), rejected.get(0).path(), rejected.get(0).reason());
  }

  /** Every file and its reason. */
  public List<Rejection> rejected() {
    return rejected;
  }
}
