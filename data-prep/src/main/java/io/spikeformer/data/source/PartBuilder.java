package io.spikeformer.data.source;

import java.util.ArrayList;
import java.util.List;

/** Cuts a list of files into parts of about the same number of bytes. */
final class PartBuilder {
  /** Bytes after which a task has enough to read. */
  private static final long BYTES_PER_PART = 64L << 20;

  private final String location;
  private final String prefix;
  private final int filesPerPart;
  private final List<SourcePart> parts = new ArrayList<>();
  private final List<SourcePart.Item> items = new ArrayList<>();
  private long bytes;

  /**
   * An empty list.
   *
   * @param location of the folder or archive that holds the files
   * @param prefix of the files' names that is told of the whole split; empty if nothing is
   * @param filesPerPart most files of a part, however small they are
   */
  PartBuilder(String location, String prefix, int filesPerPart) {
    this.location = location;
    this.prefix = prefix;
    this.filesPerPart = filesPerPart;
  }

  void add(SourcePart.Item item) {
    items.add(item);
    bytes += item.size();
    if (items.size() == filesPerPart || bytes >= BYTES_PER_PART) {
      endPart();
    }
  }

  /** The parts, in the order of the files. */
  List<SourcePart> parts() {
    endPart();
    return List.copyOf(parts);
  }

  private void endPart() {
    if (!items.isEmpty()) {
      parts.add(SourcePart.of(location, prefix, items));
      items.clear();
      bytes = 0;
    }
  }
}
