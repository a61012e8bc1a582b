package io.spikeformer.data.files;

import io.spikeformer.data.storage.Storage;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.commons.compress.utils.BoundedInputStream;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;

/** The members of a .tar file that is not compressed. */
final class TarFiles extends ArchiveFiles {
  private final Storage storage;
  private final Path archive;

  TarFiles(Storage storage, Path archive) {
    super(archive);
    this.storage = storage;
    this.archive = archive;
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

  @Override
  ArchiveDirectory readDirectory() {
    ArchiveDirectory found = new ArchiveDirectory(name());
    try (TarEntries entries = TarEntries.seeking(storage, archive)) {
      for (Entry entry = entries.next(); entry != null; entry = entries.next()) {
        found.add(entry);
      }
      return found;
    } catch (IOException | IllegalArgumentException failure) {
      throw ArchiveForm.TAR.damaged(archive, failure);
    }
  }

  @Override
  public void close() {
    // every file is closed as soon as it is read
  }
}
