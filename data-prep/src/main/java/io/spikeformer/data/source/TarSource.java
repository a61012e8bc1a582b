package io.spikeformer.data.source;

import io.spikeformer.data.Storage;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;

/**
 * Images in an uncompressed .tar file: in class folders, in one tar file for each class, or without
 * either and with labels from elsewhere.
 *
 * <p>The headers are read once, seeking over the images; then tasks read ranges of about the same
 * number of bytes, so that one large file keeps all of them busy.
 */
final class TarSource implements SampleSource {
  private static final int RECORD_BYTES = 512;

  private final Storage storage;
  private final Path input;
  private final String split;
  private final ImageLabels labels;

  TarSource(Storage storage, Path input, String split, ImageLabels labels) {
    this.storage = storage;
    this.input = input;
    this.split = split;
    this.labels = labels;
  }

  /** Is told of the entries of an archive in their order. */
  private interface Visitor {
    /** An entry whose content begins at an offset of the file and can be read from the archive. */
    void entry(TarArchiveEntry entry, long offset, TarArchiveInputStream archive)
        throws IOException;
  }

  @Override
  public SourceIndex index() {
    ArchiveListing splitLayout = new ArchiveListing(input, split + "/", labels);
    ArchiveListing directLayout = new ArchiveListing(input, "", labels);
    long length = storage.status(input).orElseThrow().getLen();
    try (SeekingStream stream = new SeekingStream(storage.openForSkipping(input), length)) {
      walk(
          stream,
          open(stream),
          length,
          (entry, offset, archive) -> {
            list(splitLayout, stream, entry, offset, archive);
            list(directLayout, stream, entry, offset, archive);
          });
      requireEnd(stream);
    } catch (IOException | IllegalArgumentException failure) {
      throw ArchiveSource.damaged(input, failure);
    }
    return splitLayout.isEmpty() ? directLayout.toIndex(split) : splitLayout.toIndex(split);
  }

  @Override
  public SourceReader read(SourcePart part) {
    return new Reader(storage.openForSkipping(new Path(part.location())), part);
  }

  /** Lists an entry, or what is in it if it is the archive of a class. */
  private static void list(
      ArchiveListing listing,
      SeekingStream stream,
      TarArchiveEntry entry,
      long offset,
      TarArchiveInputStream archive)
      throws IOException {
    Optional<String> className = listing.classArchive(entry);
    if (className.isEmpty()) {
      listing.add(entry, offset);
      return;
    }
    walk(
        stream,
        open(archive),
        offset + entry.getSize(),
        (inner, innerOffset, unused) -> listing.addInner(className.get(), inner, innerOffset));
  }

  /** Passes over the headers of an archive that ends at a position of the stream. */
  private static void walk(
      SeekingStream stream, TarArchiveInputStream archive, long end, Visitor visitor)
      throws IOException {
    for (TarArchiveEntry e = archive.getNextTarEntry(); e != null; e = archive.getNextTarEntry()) {
      long offset = stream.position();
      if (e.isSparse()) {
        throw new IOException("a sparse entry, " + e.getName());
      }
      if (e.getSize() > end - offset) {
        throw new EOFException(
            "it ends after %d bytes, its entries need %d".formatted(end, offset + e.getSize()));
      }
      visitor.entry(e, offset, archive);
    }
  }

  /** An archive cut off between two entries has no end marker, which is zeros. */
  private static void requireEnd(SeekingStream stream) throws IOException {
    stream.seek(Math.max(0, stream.length() - RECORD_BYTES));
    byte[] record = stream.readNBytes(RECORD_BYTES);
    for (byte value : record) {
      if (value != 0) {
        throw new EOFException(
            "it ends after %d bytes without an end marker".formatted(stream.length()));
      }
    }
  }

  private static TarArchiveInputStream open(InputStream stream) {
    return new TarArchiveInputStream(stream, StandardCharsets.UTF_8.name());
  }

  /** Reads the ranges of one part, one after the other. */
  private static final class Reader implements SourceReader {
    private final FSDataInputStream file;
    private final SourcePart part;
    private int next;

    Reader(FSDataInputStream file, SourcePart part) {
      this.file = file;
      this.part = part;
    }

    @Override
    public boolean hasNext() {
      return next < part.files();
    }

    @Override
    public SourceEntry next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      return new RangeEntry(this, part.file(next++));
    }

    private byte[] content(SourcePart.Item range) {
      byte[] bytes = new byte[(int) range.size()];
      try {
        file.seek(range.offset());
        file.readFully(bytes);
        return bytes;
      } catch (IOException failure) {
        throw ArchiveSource.damaged(new Path(part.location()), failure);
      }
    }

    @Override
    public void close() {
      try {
        file.close();
      } catch (IOException failure) {
        throw new UncheckedIOException(failure);
      }
    }
  }

  private record RangeEntry(Reader reader, SourcePart.Item range) implements SourceEntry {
    @Override
    public String key() {
      return range.key();
    }

    @Override
    public long ordinal() {
      return range.offset();
    }

    @Override
    public long size() {
      return range.size();
    }

    @Override
    public RawSample read() {
      return size() > MAX_FILE_BYTES
          ? RawSample.tooLarge(size())
          : RawSample.of(reader.content(range));
    }
  }
}
