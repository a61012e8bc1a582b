package io.spikeformer.data.files;

import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.storage.Storage;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.zip.CRC32;
import java.util.zip.ZipException;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.apache.commons.compress.utils.ChecksumVerifyingInputStream;
import org.apache.hadoop.fs.Path;

/** The members of a .zip file. Their checksums are verified as they are read to their end. */
final class ZipFiles extends ArchiveFiles {
  private final Storage storage;
  private final Path archive;
  private final Map<String, ZipArchiveEntry> members = new HashMap<>();
  private ZipFile zip;
  private SeekableFile channel;

  ZipFiles(Storage storage, Path archive) {
    super(archive);
    this.storage = storage;
    this.archive = archive;
  }

  /** All files, with their whole paths in the archive. */
  List<Place> all() {
    return directory().all();
  }

  @Override
  ArchiveDirectory readDirectory() {
    ArchiveDirectory found = new ArchiveDirectory(name());
    for (ZipArchiveEntry member : Collections.list(zip().getEntries())) {
      found.add(entry(member));
    }
    return found;
  }

  /** All entries, each with its position in the archive's directory, from 1, as its offset. */
  void visit(Consumer<Entry> visitor) {
    long position = 1;
    for (ZipArchiveEntry member : Collections.list(zip().getEntries())) {
      visitor.accept(entry(member).at(position++));
    }
  }

  private Entry entry(ZipArchiveEntry member) {
    Entry entry = EntryRule.of(zip, member);
    if (entry.kind() == Entry.Kind.FILE && members.get(entry.path()) != member) {
      throw ArchiveDirectory.ambiguous(entry.path(), name());
    }
    if (entry.kind() == Entry.Kind.FILE && member.getGeneralPurposeBit().usesEncryption()) {
      throw new UserException(
          "encrypted archive: expected a .zip file without a password, found %s encrypted in %s;"
              + " unpack it with its password and give the folder",
          entry.path(), archive);
    }
    return entry;
  }

  /** Opened when it is first asked for, with no look at the headers beside the members. */
  private ZipFile zip() {
    if (zip == null) {
      long size = storage.status(archive).orElseThrow().getLen();
      channel = new SeekableFile(storage.open(archive), size);
      try {
        zip = new ZipFile(channel, name(), StandardCharsets.UTF_8.name(), true, true);
        for (ZipArchiveEntry member : Collections.list(zip.getEntries())) {
          members.putIfAbsent(EntryRule.of(zip, member).path(), member);
        }
      } catch (IOException | IllegalArgumentException failure) {
        channel.close();
        throw channel.unusable(archive, failure);
      }
    }
    return zip;
  }

  @Override
  public InputStream open(Place place) throws IOException {
    zip();
    ZipArchiveEntry entry = members.get(place.path());
    if (entry == null || entry.getSize() != place.size()) {
      throw new UserException(
          "archive changed: expected %s with %d bytes in %s, found %s",
          place.path(),
          place.size(),
          archive,
          entry == null ? "none" : Text.format("%d bytes", entry.getSize()));
    }
    try {
      return new Member(zip.getInputStream(entry), entry, channel);
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
      members.clear();
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
