package io.spikeformer.data.files;

import io.spikeformer.data.DataException;
import io.spikeformer.data.Storage;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.ZipException;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.apache.commons.compress.utils.ChecksumVerifyingInputStream;
import org.apache.hadoop.fs.Path;

/** The members of a .zip file. Their checksums are verified as they are read to their end. */
final class ZipFiles implements DatasetFiles {
  private final Storage storage;
  private final Path archive;
  private ZipFile zip;
  private SeekableFile channel;
  private ArchiveDirectory directory;

  ZipFiles(Storage storage, Path archive) {
    this.storage = storage;
    this.archive = archive;
  }

  @Override
  public List<Place> list(String folder) {
    return directory().list(folder);
  }

  @Override
  public Optional<Place> find(String path) {
    return directory().find(path);
  }

  /** All members, with their whole paths in the archive. */
  List<Place> all() {
    return directory().all();
  }

  @Override
  public String name() {
    return archive.toString();
  }

  private ArchiveDirectory directory() {
    if (directory == null) {
      ArchiveDirectory found = new ArchiveDirectory(name());
      for (ZipArchiveEntry entry : Collections.list(zip().getEntries())) {
        if (!entry.isDirectory() && !entry.isUnixSymlink()) {
          found.add(entry.getName(), 0, entry.getSize());
        }
      }
      directory = found;
    }
    return directory;
  }

  /** Opened when it is first asked for, with no look at the headers beside the members. */
  private ZipFile zip() {
    if (zip == null) {
      long size = storage.status(archive).orElseThrow().getLen();
      channel = new SeekableFile(storage.open(archive), size);
      try {
        zip = new ZipFile(channel, name(), StandardCharsets.UTF_8.name(), true, true);
      } catch (IOException | IllegalArgumentException failure) {
        channel.close();
        throw channel.unusable(archive, "zip", failure);
      }
    }
    return zip;
  }

  @Override
  public InputStream open(Place place) throws IOException {
    ZipArchiveEntry entry = zip().getEntry(place.path());
    entry = entry == null ? zip().getEntry("./" + place.path()) : entry;
    if (entry == null || entry.getSize() != place.size()) {
      throw new DataException(
          "archive changed: expected %s with %d bytes in %s, found %s"
              .formatted(
                  place.path(),
                  place.size(),
                  archive,
                  entry == null ? "none" : "%d bytes".formatted(entry.getSize())));
    }
    try {
      return new Member(zip().getInputStream(entry), entry, channel);
    } catch (IOException failure) {
      throw told(failure, channel);
    }
  }

  /** The storage's failure as it is, anything else as damage. */
  private static IOException told(IOException failure, SeekableFile channel) {
    return channel
        .failure()
        .orElseGet(() -> (IOException) new ZipException(failure.getMessage()).initCause(failure));
  }

  @Override
  public void close() {
    if (zip != null) {
      ZipFile.closeQuietly(zip);
      zip = null;
    }
  }

  /** A member's content, of exactly the size and checksum that the directory declares. */
  private static final class Member extends FilterInputStream {
    private final SeekableFile channel;

    Member(InputStream content, ZipArchiveEntry entry, SeekableFile channel) {
      super(
          new ChecksumVerifyingInputStream(new CRC32(), content, entry.getSize(), entry.getCrc()));
      this.channel = channel;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      try {
        return super.read(target, offset, length);
      } catch (IOException failure) {
        throw told(failure, channel);
      }
    }
  }
}
