package io.spikeformer.data.source;

import io.spikeformer.data.DataException;
import io.spikeformer.data.Storage;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.NoSuchElementException;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.hadoop.fs.Path;

/**
 * Class folders inside a .tar.gz or .tgz file, read as a stream: nothing is unpacked to disk.
 *
 * <p>The archive is passed through twice: once for the names, which give the classes and reveal
 * damage before anything is written, and once for the images. One task reads all of it.
 */
final class ArchiveSource implements SampleSource {
  private static final int BUFFER_BYTES = 1 << 18;

  private final Storage storage;
  private final Path input;
  private final String split;

  ArchiveSource(Storage storage, Path input, String split) {
    this.storage = storage;
    this.input = input;
    this.split = split;
  }

  /** Whether a file of this name is read as a stream. */
  static boolean matches(String name) {
    return name.endsWith(".tar.gz") || name.endsWith(".tgz");
  }

  @Override
  public SourceIndex index() {
    ArchiveListing splitLayout = new ArchiveListing(input, split + "/", ImageLabels.NONE);
    ArchiveListing directLayout = new ArchiveListing(input, "", ImageLabels.NONE);
    try (TarArchiveInputStream archive = open(input)) {
      for (TarArchiveEntry e = archive.getNextTarEntry();
          e != null;
          e = archive.getNextTarEntry()) {
        splitLayout.add(e, 0);
        directLayout.add(e, 0);
      }
    } catch (IOException | IllegalArgumentException failure) {
      throw damaged(input, failure);
    }
    return splitLayout.isEmpty()
        ? directLayout.toStreamIndex(split)
        : splitLayout.toStreamIndex(split);
  }

  @Override
  public SourceReader read(SourcePart part) {
    Path archive = new Path(part.location());
    try {
      return new Reader(archive, open(archive), part.prefix());
    } catch (IOException failure) {
      throw damaged(archive, failure);
    }
  }

  private TarArchiveInputStream open(Path archive) throws IOException {
    InputStream file = new BufferedInputStream(storage.open(archive), BUFFER_BYTES);
    try {
      return new TarArchiveInputStream(
          new GZIPInputStream(file, BUFFER_BYTES), StandardCharsets.UTF_8.name());
    } catch (IOException failure) {
      file.close();
      throw failure;
    }
  }

  /** What to say of an archive that could not be read to its end. */
  static DataException damaged(Path archive, Exception failure) {
    if (Storage.isUnreachable(failure)) {
      return Storage.unreadable(archive, failure);
    }
    return new DataException(
        "damaged archive: expected a whole tar file, found in %s: %s; get the archive again"
            .formatted(
                archive, String.valueOf(failure.getMessage()).lines().findFirst().orElse("")),
        failure);
  }

  private static final class Reader implements SourceReader {
    private final Path location;
    private final TarArchiveInputStream archive;
    private final String prefix;
    private TarArchiveEntry next;
    private long ordinal;

    Reader(Path location, TarArchiveInputStream archive, String prefix) {
      this.location = location;
      this.archive = archive;
      this.prefix = prefix;
      this.ordinal = -1;
    }

    @Override
    public boolean hasNext() {
      try {
        while (next == null) {
          TarArchiveEntry entry = archive.getNextTarEntry();
          if (entry == null) {
            return false;
          }
          ordinal++;
          next = ArchivePath.of(entry).isSample(prefix) ? entry : null;
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
      TarArchiveEntry entry = next;
      next = null;
      return new ArchiveEntry(this, ArchivePath.of(entry).key(prefix), ordinal, entry.getSize());
    }

    private byte[] content(long size) {
      try {
        byte[] bytes = archive.readNBytes((int) size);
        if (bytes.length != size) {
          throw new IOException("an entry ends after %d of %d bytes".formatted(bytes.length, size));
        }
        return bytes;
      } catch (IOException failure) {
        throw damaged(location, failure);
      }
    }

    @Override
    public void close() {
      try {
        archive.close();
      } catch (IOException failure) {
        throw new UncheckedIOException(failure);
      }
    }
  }

  private record ArchiveEntry(Reader reader, String key, long ordinal, long size)
      implements SourceEntry {
    @Override
    public RawSample read() {
      return size > MAX_FILE_BYTES ? RawSample.tooLarge(size) : RawSample.of(reader.content(size));
    }
  }
}
