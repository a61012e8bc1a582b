package io.spikeformer.data.files;

import io.spikeformer.data.sample.Rejection;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.apache.hadoop.fs.Path;

/** The members of an archive, whose directory is read when it is first asked for. */
abstract class ArchiveFiles implements DatasetFiles {
  private final Path archive;
  private ArchiveDirectory directory;

  ArchiveFiles(Path archive) {
    this.archive = archive;
  }

  /** Reads the whole directory. */
  abstract ArchiveDirectory readDirectory();

  /** Tasks know their members' places and do not ask for it. */
  final ArchiveDirectory directory() {
    if (directory == null) {
      directory = readDirectory();
    }
    return directory;
  }

  @Override
  public final List<Place> list(String folder) {
    return directory().list(folder);
  }

  @Override
  public final List<String> deeper(String folder) {
    return directory().deeper(folder);
  }

  @Override
  public final SortedMap<String, String> rejected(String folder) {
    return directory().rejected(folder);
  }

  @Override
  public final List<Rejection> outside() {
    return directory().outside();
  }

  @Override
  public final long ignored(Collection<String> folders) {
    return directory().ignored(folders);
  }

  @Override
  public final Optional<Place> find(String path) {
    return directory().find(path);
  }

  @Override
  public final String root() {
    return directory().root();
  }

  @Override
  public final String name() {
    return archive.toString();
  }
}
