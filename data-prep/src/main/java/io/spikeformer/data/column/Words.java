package io.spikeformer.data.column;

import java.util.List;
import java.util.stream.Collectors;

/** Lists in words. */
final class Words {
  private static final int SHOWN = 5;

  private Words() {}

  /** The first few, and how many more there are. */
  static String shortened(List<String> parts) {
    String shown = parts.stream().limit(SHOWN).collect(Collectors.joining(", "));
    return parts.size() > SHOWN ? shown + ", and " + (parts.size() - SHOWN) + " more" : shown;
  }
}
