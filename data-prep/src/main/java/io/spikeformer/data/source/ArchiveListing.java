package io.spikeformer.data.source;

import io.spikeformer.data.Rejection;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.hadoop.fs.Path;

/** What an archive holds below a prefix, gathered from its names. */
final class ArchiveListing {
  private static final int FILES_PER_PART = 4096;
  private static final String TAR = ".tar";

  private final Path archive;
  private final String prefix;
  private final ImageLabels labels;
  private final PartBuilder ranges;
  private final TreeSet<String> classes;
  private final List<Rejection> rejected = new ArrayList<>();
  private long samples;
  private long bytes;
  private long ignored;
  private long deeper;

  ArchiveListing(Path archive, String prefix, ImageLabels labels) {
    this.archive = archive;
    this.prefix = prefix;
    this.labels = labels;
    this.ranges = new PartBuilder(archive.toString(), FILES_PER_PART);
    this.classes = new TreeSet<>(labels.classes());
  }

  /**
   * Notes an entry.
   *
   * @param entry its header
   * @param offset of its content in the archive
   */
  void add(TarArchiveEntry entry, long offset) {
    ArchivePath path = ArchivePath.of(entry);
    if (!path.below(prefix)) {
      return;
    }
    List<String> names = path.after(prefix);
    switch (path.kind()) {
      case UNSAFE -> reject(path.toString(), "a path that leads out of the archive");
      case SPECIAL -> reject(path.toString(), "a link or a device, not a file");
      case FOLDER -> {
        if (names.size() == 1 && !path.isHidden()) {
          classes.add(names.get(0));
        }
      }
      case FILE -> addFile(entry, path, offset);
    }
  }

  /** The class whose images an entry holds as an archive of its own, as ImageNet's train set. */
  Optional<String> classArchive(TarArchiveEntry entry) {
    ArchivePath path = ArchivePath.of(entry);
    if (path.kind() != ArchivePath.Kind.FILE || !path.below(prefix) || path.isHidden()) {
      return Optional.empty();
    }
    List<String> names = path.after(prefix);
    return names.size() == 1 && names.get(0).endsWith(TAR) && names.get(0).length() > TAR.length()
        ? Optional.of(names.get(0).substring(0, names.get(0).length() - TAR.length()))
        : Optional.empty();
  }

  /** Notes an entry of the archive of a class. */
  void addInner(String className, TarArchiveEntry entry, long offset) {
    ArchivePath path = ArchivePath.of(entry);
    String place = prefix + className + TAR + "/" + path;
    classes.add(className);
    switch (path.kind()) {
      case UNSAFE -> reject(place, "a path that leads out of the archive");
      case SPECIAL -> reject(place, "a link or a device, not a file");
      case FOLDER -> {
        // some archives hold a folder of their own around the images
      }
      case FILE -> {
        if (path.isHidden()) {
          ignored++;
        } else {
          bytes += entry.getSize();
          addSample(className + "/" + path.last(), entry, offset);
        }
      }
    }
  }

  private void addFile(TarArchiveEntry entry, ArchivePath path, long offset) {
    if (path.isHidden()) {
      ignored++;
      return;
    }
    bytes += entry.getSize();
    List<String> names = path.after(prefix);
    if (path.isSample(prefix)) {
      classes.add(names.get(0));
      addSample(path.key(prefix), entry, offset);
    } else if (names.size() == 1 && labels.given()) {
      addLabelled(path, entry, offset);
    } else if (prefix.isEmpty() && path.names().size() > 2) {
      // most likely another split, in numbers that are no use in memory
      deeper++;
    } else {
      reject(path.toString(), "not a file in a class folder");
    }
  }

  private void addLabelled(ArchivePath path, TarArchiveEntry entry, long offset) {
    Optional<String> className = labels.classOf(path.last());
    if (className.isPresent()) {
      addSample(className.get() + "/" + path.last(), entry, offset);
    } else {
      reject(path.toString(), "no label in " + labels.origin());
    }
  }

  private void addSample(String key, TarArchiveEntry entry, long offset) {
    samples++;
    ranges.add(new SourcePart.Item(key, key, offset, entry.getSize()));
  }

  private void reject(String path, String reason) {
    rejected.add(new Rejection(path, reason));
  }

  /** Whether nothing lies below the prefix. */
  boolean isEmpty() {
    return samples == 0;
  }

  /** What was found, to be read in ranges. */
  SourceIndex toIndex(String split) {
    return toIndex(split, ranges.parts());
  }

  /** What was found, to be read as one stream. */
  SourceIndex toStreamIndex(String split) {
    return toIndex(split, List.of(SourcePart.archive(archive.toString(), prefix)));
  }

  private SourceIndex toIndex(String split, List<SourcePart> parts) {
    if (samples == 0 || deeper > 0) {
      throw new NothingUsableException(
          ("no split '%s': expected %s/class/file or class/file in %s, found %d files in class"
                  + " folders and %d at other depths; name a split that the archive holds, or give"
                  + " the labels of images without class folders")
              .formatted(split, split, archive, samples, deeper + rejected.size()),
          samples == 0 && deeper == 0 ? rejected : List.of());
    }
    return new SourceIndex(
        List.copyOf(classes), parts, prefix, samples + rejected.size(), bytes, ignored, rejected);
  }
}
