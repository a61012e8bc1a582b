package io.spikeformer.data.files;

import io.spikeformer.common.Text;
import io.spikeformer.data.storage.Storage;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarUtils;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.apache.commons.compress.utils.ArchiveUtils;
import org.apache.hadoop.fs.Path;

/**
 * The entries of a .tar or .tar.gz file, one after the other to the end of the file.
 *
 * <p>Archives and gzip members may stand one behind the other. An archive that was cut between two
 * entries has no end marker, and bytes behind one that are no entries are damage: both are an
 * {@link IOException}. The caller makes the user's message of it, and of an {@link
 * IllegalArgumentException}, which a damaged header may end in.
 */
public final class TarEntries implements Closeable {
  private static final int RECORD_BYTES = 512;
  private static final int BUFFER_BYTES = 1 << 18;

  private final InputStream stream;
  private Archive archive;
  private Entry current;

  private TarEntries(InputStream stream) {
    this.stream = stream;
    this.archive = new Archive(stream);
  }

  /** The headers of an uncompressed archive, seeking over what lies between them. */
  public static TarEntries seeking(Storage storage, Path archive) {
    long length = storage.status(archive).orElseThrow().getLen();
    return new TarEntries(new SeekingStream(storage.openForSkipping(archive), length));
  }

  /** A compressed archive as a stream. */
  public static TarEntries compressed(Storage storage, Path archive) throws IOException {
    InputStream file = new BufferedInputStream(storage.open(archive), BUFFER_BYTES);
    try {
      return new TarEntries(
          new BufferedInputStream(new GzipCompressorInputStream(file, true), BUFFER_BYTES));
    } catch (IOException failure) {
      file.close();
      throw failure;
    }
  }

  /** The next entry, or null behind the last one. */
  public Entry next() throws IOException {
    TarArchiveEntry entry = archive.getNextTarEntry();
    while (entry == null) {
      if (!archive.ended) {
        throw new EOFException(
            Text.format(
                "it ends %swithout an end marker",
                stream instanceof SeekingStream file
                    ? Text.format("after %d bytes ", file.end())
                    : ""));
      }
      if (!isFollowed()) {
        return null;
      }
      archive = new Archive(stream);
      entry = archive.getNextTarEntry();
    }
    if (!entry.isCheckSumOK()) {
      throw new IOException(
          "a header with a wrong checksum behind " + (current == null ? "none" : current.path()));
    }
    long offset = 0;
    if (stream instanceof SeekingStream file) {
      offset = file.position();
      if (entry.getSize() > file.end() - offset) {
        throw new EOFException(
            Text.format(
                "it ends after %d bytes, its entries need %d",
                file.end(), offset + entry.getSize()));
      }
    }
    current = EntryRule.of(entry, offset);
    return current;
  }

  /** The content of the entry that was given last, at most a number of bytes. */
  public byte[] content(int size) throws IOException {
    byte[] bytes = archive.readNBytes(size);
    if (bytes.length != size) {
      throw new EOFException(Text.format("an entry ends after %d of %d bytes", bytes.length, size));
    }
    return bytes;
  }

  /** The entries of the entry that was given last, an uncompressed archive; not to be closed. */
  public TarEntries nested() {
    return new TarEntries(
        stream instanceof SeekingStream file
            ? file.window(current.offset(), current.size())
            : new BufferedInputStream(archive, BUFFER_BYTES));
  }

  /** Whether another archive begins behind the end marker and the zeros that fill it up. */
  private boolean isFollowed() throws IOException {
    byte[] record = new byte[RECORD_BYTES];
    int count;
    do {
      stream.mark(RECORD_BYTES);
      count = stream.readNBytes(record, 0, RECORD_BYTES);
    } while (count > 0 && ArchiveUtils.isArrayZero(record, count));
    if (count > 0 && (count < RECORD_BYTES || !isHeader(record))) {
      throw new IOException("bytes behind the end marker that are no entries");
    }
    stream.reset();
    return count > 0;
  }

  private static boolean isHeader(byte[] record) {
    try {
      return TarUtils.verifyCheckSum(record);
    } catch (IllegalArgumentException noNumber) {
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    stream.close();
  }

  /** One archive, which notes whether its end marker was there. */
  private static final class Archive extends TarArchiveInputStream {
    private boolean ended;

    Archive(InputStream stream) {
      // records alone: what fills a block up may be another archive's beginning
      super(stream, RECORD_BYTES, RECORD_BYTES, StandardCharsets.UTF_8.name());
    }

    @Override
    protected boolean isEOFRecord(byte[] record) {
      boolean end = super.isEOFRecord(record);
      ended |= end && record != null;
      return end;
    }
  }
}
