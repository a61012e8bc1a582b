package io.spikeformer.data.source;

import java.util.Set;

/** What operating systems leave in folders: neither data nor a fault of the data. */
final class HiddenFiles {
  private static final Set<String> NAMES = Set.of("Thumbs.db", "desktop.ini", "__MACOSX");

  private HiddenFiles() {}

  /** Whether a file or folder of this name is passed over. */
  static boolean matches(String name) {
    return name.startsWith(".") || NAMES.contains(name);
  }
}
