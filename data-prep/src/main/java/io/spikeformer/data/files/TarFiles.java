package io.spikeformer.data.files;

import io.spikeformer.data.Storage;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.archivers.tar.TarFile;
import org.apache.commons.compress.utils.BoundedInputStream;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;

/** The members of a .tar file that is not compressed. */
final class TarFiles implements DatasetFiles {
  private final Storage storage;
  private final Path archive;
  private ArchiveDirectory directory;

  TarFiles(Storage storage, Path archive) {
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

  @Override
  public String name() {
    return archive.toString();
  }

  @Override
  public InputStream open(Place place) throws IOException {
    FSDataInputStream file = storage.open(archive);
    file.seek(place.offset());
    return new FilterInputStream(new BoundedInputStream(file, place.size())) {
      @Override
      public void close() throws IOException {
        file.close();
      }
    };
  }

  /** Read when it is first asked for: tasks know their members' places and need none. */
  private ArchiveDirectory directory() {
    if (directory == null) {
      directory = readDirectory();
    }
    return directory;
  }

  private ArchiveDirectory readDirectory() {
    ArchiveDirectory found = new ArchiveDirectory(name());
    long size = storage.status(archive).orElseThrow().getLen();
    try (SeekableFile channel = new SeekableFile(storage.open(archive), size)) {
      try (TarFile tar = open(channel)) {
        for (TarArchiveEntry entry : tar.getEntries()) {
          boolean link = entry.isSymbolicLink() || entry.isLink();
          if (entry.isFile() && !link && !entry.isSparse()) {
            found.add(entry.getName(), entry.getDataOffset(), entry.getSize());
          }
        }
        return found;
      } catch (IOException | IllegalArgumentException failure) {
        throw channel.unusable(archive, "tar", failure);
      }
    }
  }

  /** Names are UTF-8 whatever the machine's charset is; what is none of it is replaced. */
  private static TarFile open(SeekableFile channel) throws IOException {
    return new TarFile(
        channel,
        TarConstants.DEFAULT_BLKSIZE,
        TarConstants.DEFAULT_RCDSIZE,
        StandardCharsets.UTF_8.name(),
        false);
  }

  @Override
  public void close() {
    // every file is closed as soon as it is read
  }
}
