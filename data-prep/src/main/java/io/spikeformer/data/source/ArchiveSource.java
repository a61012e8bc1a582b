package io.spikeformer.data.source;

import io.spikeformer.data.files.ArchiveForm;
import io.spikeformer.data.files.Entry;
import io.spikeformer.data.files.TarEntries;
import io.spikeformer.data.storage.Storage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.NoSuchElementException;
import org.apache.hadoop.fs.Path;

/**
 * Images in a .tar.gz or .tgz file, read as a stream: nothing is unpacked to disk.
 *
 * <p>The archive is passed through twice: once for the names, which give the classes and reveal
 * damage before anything is written, and once for the images. One task reads all of it.
 */
final class ArchiveSource implements SampleSource {
  private final Storage storage;
  private final Path input;
  private final String split;
  private final ImageLabels labels;

  ArchiveSource(Storage storage, Path input, String split, ImageLabels labels) {
    this.storage = storage;
    this.input = input;
    this.split = split;
    this.labels = labels;
  }

  @Override
  public SourceIndex index() {
    ArchiveIndex index = new ArchiveIndex(input, split, labels);
    try (ClassTar tar = new ClassTar(TarEntries.compressed(storage, input), index::archiveClass)) {
      for (ClassLayout.Leaf leaf = tar.next(); leaf != null; leaf = tar.next()) {
        index.add(leaf);
      }
    } catch (IOException | IllegalArgumentException failure) {
      throw damaged(input, failure);
    }
    return index.toStreamIndex();
  }

  @Override
  public SourceReader read(SourcePart part) {
    Path archive = new Path(part.location());
    ClassLayout layout = new ClassLayout(part.prefix(), labels);
    try {
      return new Reader(
          archive,
          new ClassTar(TarEntries.compressed(storage, archive), layout::archiveClass),
          layout);
    } catch (IOException failure) {
      throw damaged(archive, failure);
    }
  }

  private static RuntimeException damaged(Path archive, Exception failure) {
    return ArchiveForm.COMPRESSED_TAR.damaged(archive, failure);
  }

  private static final class Reader implements SourceReader {
    private final Path location;
    private final ClassTar tar;
    private final ClassLayout layout;
    private ArchiveEntry next;
    private long ordinal;

    Reader(Path location, ClassTar tar, ClassLayout layout) {
      this.location = location;
      this.tar = tar;
      this.layout = layout;
      this.ordinal = -1;
    }

    @Override
    public boolean hasNext() {
      try {
        while (next == null) {
          ClassLayout.Leaf leaf = tar.next();
          if (leaf == null) {
            return false;
          }
          ordinal++;
          Entry entry = leaf.entry();
          if (entry.kind() == Entry.Kind.FILE && layout.holds(entry)) {
            String key = layout.place(leaf).key();
            String path = entry.path().substring(layout.prefix().length());
            next = key == null ? null : new ArchiveEntry(this, key, path, ordinal, entry.size());
          }
        }
        return true;
      } catch (IOException | IllegalArgumentException failure) {
        throw damaged(location, failure);
      }
    }

    @Override
    public SourceEntry next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      SourceEntry entry = next;
      next = null;
      return entry;
    }

    private byte[] content(long size) {
      try {
        return tar.content((int) size);
      } catch (IOException failure) {
        throw damaged(location, failure);
      }
    }

    @Override
    public void close() {
      try {
        tar.close();
      } catch (IOException failure) {
        throw new UncheckedIOException(failure);
      }
    }
  }

  private record ArchiveEntry(Reader reader, String key, String path, long ordinal, long size)
      implements SourceEntry {
    @Override
    public RawSample read() {
      return size > MAX_FILE_BYTES ? RawSample.tooLarge(size) : RawSample.of(reader.content(size));
    }
  }
}
