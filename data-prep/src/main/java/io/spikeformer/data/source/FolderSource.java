package io.spikeformer.data.source;

import io.spikeformer.data.Rejection;
import io.spikeformer.data.Storage;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.TreeSet;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * {@code input/split/class/file}, or {@code input/class/file} if there is no such split folder;
 * with labels also files outside of class folders.
 */
final class FolderSource implements SampleSource {
  /** Files that one task opens: enough to make a task worth its start, few enough to balance. */
  private static final int FILES_PER_PART = 256;

  private final Storage storage;
  private final Path input;
  private final String split;
  private final ImageLabels labels;

  FolderSource(Storage storage, Path input, String split, ImageLabels labels) {
    this.labels = labels;
    this.storage = storage;
    this.input = input;
    this.split = split;
  }

  @Override
  public SourceIndex index() {
    Path splitFolder = new Path(input, split);
    boolean hasSplit = storage.status(splitFolder).map(FileStatus::isDirectory).orElse(false);
    Listing listing = new Listing(hasSplit ? splitFolder : input, hasSplit ? split + "/" : "");
    for (FileStatus entry : storage.list(listing.root)) {
      listing.addTopLevel(entry);
    }
    return listing.toIndex();
  }

  @Override
  public SourceReader read(SourcePart part) {
    return new Reader(part);
  }

  @Override
  public boolean readsFilesInAnyOrder() {
    return true;
  }

  /** What is found below the folder that holds the class folders. */
  private final class Listing {
    private final Path root;
    private final String prefix;
    private final PartBuilder parts;
    private final TreeSet<String> classes = new TreeSet<>(labels.classes());
    private final List<Rejection> rejected = new ArrayList<>();
    private long files;
    private long bytes;
    private long ignored;

    Listing(Path root, String prefix) {
      this.root = root;
      this.prefix = prefix;
      this.parts = new PartBuilder(root.toString(), FILES_PER_PART);
    }

    void addTopLevel(FileStatus entry) {
      String name = entry.getPath().getName();
      if (HiddenFiles.matches(name)) {
        ignored++;
      } else if (entry.isSymlink()) {
        reject(name, entry, Storage.DEAD_LINK);
      } else if (entry.isDirectory()) {
        classes.add(name);
        storage.list(entry.getPath()).forEach(file -> addFile(name, file));
      } else if (labels.given()) {
        labels
            .classOf(name)
            .ifPresentOrElse(
                className -> addSample(className + "/" + name, name, entry),
                () -> reject(name, entry, "no label in " + labels.origin()));
      } else {
        reject(name, entry, "not in a class folder");
      }
    }

    private void addFile(String className, FileStatus file) {
      String name = file.getPath().getName();
      String key = className + "/" + name;
      if (HiddenFiles.matches(name)) {
        ignored++;
      } else if (file.isDirectory()) {
        reject(key, file, "a folder inside a class folder");
      } else if (file.isSymlink()) {
        reject(key, file, Storage.DEAD_LINK);
      } else {
        addSample(key, key, file);
      }
    }

    private void addSample(String key, String path, FileStatus file) {
      files++;
      bytes += file.getLen();
      parts.add(new SourcePart.Item(key, path, 0, file.getLen()));
    }

    private void reject(String name, FileStatus file, String reason) {
      files++;
      bytes += file.getLen();
      rejected.add(new Rejection(prefix + name, reason));
    }

    SourceIndex toIndex() {
      if (files == rejected.size()) {
        throw new NothingUsableException(
            ("no images: expected %s/class/file or class/file in %s, found no file in a class"
                    + " folder; give the labels of images without class folders")
                .formatted(split, input),
            rejected);
      }
      return new SourceIndex(
          List.copyOf(classes), parts.parts(), prefix, files, bytes, ignored, rejected);
    }
  }

  private final class Reader implements SourceReader {
    private final SourcePart part;
    private int next;

    Reader(SourcePart part) {
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
      SourcePart.Item file = part.file(next);
      Path path = Storage.child(new Path(part.location()), file.name());
      return new FileEntry(storage, path, file.key(), next++, file.size());
    }

    @Override
    public void close() {
      // every file is closed as soon as it is read
    }
  }

  private record FileEntry(Storage storage, Path file, String key, long ordinal, long size)
      implements SourceEntry {
    @Override
    public RawSample read() {
      return size > MAX_FILE_BYTES
          ? RawSample.tooLarge(size)
          : RawSample.of(storage.read(file, MAX_FILE_BYTES));
    }
  }
}
