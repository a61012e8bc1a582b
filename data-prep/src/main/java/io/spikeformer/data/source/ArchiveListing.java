package io.spikeformer.data.source;

import io.spikeformer.data.DataException;
import io.spikeformer.data.Rejection;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.hadoop.fs.Path;

/** What an archive holds below a prefix, gathered from its names. */
final class ArchiveListing {
  private final String prefix;
  private final TreeSet<String> classes = new TreeSet<>();
  private final List<Rejection> rejected = new ArrayList<>();
  private long samples;
  private long bytes;
  private long ignored;
  private long deeper;

  ArchiveListing(String prefix) {
    this.prefix = prefix;
  }

  void add(TarArchiveEntry entry) {
    ArchivePath path = ArchivePath.of(entry);
    if (!path.below(prefix)) {
      return;
    }
    List<String> names = path.after(prefix);
    switch (path.kind()) {
      case UNSAFE -> reject(path, "a path that leads out of the archive");
      case SPECIAL -> reject(path, "a link or a device, not a file");
      case FOLDER -> {
        if (names.size() == 1 && !path.isHidden()) {
          classes.add(names.get(0));
        }
      }
      case FILE -> addFile(entry, path);
    }
  }

  private void addFile(TarArchiveEntry entry, ArchivePath path) {
    if (path.isHidden()) {
      ignored++;
      return;
    }
    bytes += entry.getSize();
    if (path.isSample(prefix)) {
      samples++;
      classes.add(path.after(prefix).get(0));
    } else if (prefix.isEmpty() && path.names().size() > 2) {
      // most likely another split, in numbers that are no use in memory
      deeper++;
    } else {
      reject(path, "not a file in a class folder");
    }
  }

  private void reject(ArchivePath path, String reason) {
    rejected.add(new Rejection(path.toString(), reason));
  }

  /** Whether nothing lies below the prefix. */
  boolean isEmpty() {
    return samples == 0;
  }

  SourceIndex toIndex(Path archive, String split) {
    if (samples == 0 || deeper > 0) {
      throw new DataException(
          ("no split '%s': expected %s/class/file or class/file in %s, found %d files in class"
                  + " folders and %d at other depths; name a split that the archive holds")
              .formatted(split, split, archive, samples, deeper));
    }
    return new SourceIndex(
        List.copyOf(classes),
        List.of(SourcePart.archive(archive.toString(), prefix)),
        prefix,
        samples + rejected.size(),
        bytes,
        ignored,
        rejected);
  }
}
