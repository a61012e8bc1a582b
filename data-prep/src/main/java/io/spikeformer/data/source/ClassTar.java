package io.spikeformer.data.source;

import io.spikeformer.data.files.Entry;
import io.spikeformer.data.files.TarEntries;
import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Function;

/** The entries of a .tar file of class folders, and in their place those of archives of classes. */
final class ClassTar implements Closeable {
  private final TarEntries outer;
  private final Function<Entry, Optional<String>> archiveClass;
  private TarEntries inner;
  private Entry holder;
  private Optional<String> className = Optional.empty();

  /**
   * From the first entry on.
   *
   * @param entries of the file
   * @param archiveClass the class whose archive an entry is, empty for any other
   */
  ClassTar(TarEntries entries, Function<Entry, Optional<String>> archiveClass) {
    this.outer = entries;
    this.archiveClass = archiveClass;
  }

  /** The next entry, or null behind the last one. */
  ClassLayout.Leaf next() throws IOException {
    while (true) {
      if (inner != null) {
        Entry entry = inner.next();
        if (entry != null) {
          return new ClassLayout.Leaf(entry.inside(holder.path()), className);
        }
        inner = null;
      }
      Entry entry = outer.next();
      if (entry == null) {
        return null;
      }
      className = archiveClass.apply(entry);
      if (className.isEmpty()) {
        return ClassLayout.Leaf.of(entry);
      }
      holder = entry;
      inner = outer.nested();
    }
  }

  /** The content of the entry that was given last. */
  byte[] content(int size) throws IOException {
    return (inner == null ? outer : inner).content(size);
  }

  @Override
  public void close() throws IOException {
    outer.close();
  }
}
