package io.spikeformer.data.source;

import io.spikeformer.data.DataException;
import io.spikeformer.data.Rejection;
import io.spikeformer.data.Storage;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/** {@code input/split/class/file}, or {@code input/class/file} if there is no such split folder. */
final class FolderSource implements SampleSource {
  /** Files that one task opens: enough to make a task worth its start, few enough to balance. */
  private static final int FILES_PER_PART = 256;

  private final Storage storage;
  private final Path input;
  private final String split;

  FolderSource(Storage storage, Path input, String split) {
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

  /** What is found below the folder that holds the class folders. */
  private final class Listing {
    private final Path root;
    private final String prefix;
    private final List<String> classes = new ArrayList<>();
    private final List<SourcePart> parts = new ArrayList<>();
    private final List<String> keys = new ArrayList<>();
    private final List<Long> sizes = new ArrayList<>();
    private final List<Rejection> rejected = new ArrayList<>();
    private long files;
    private long bytes;
    private long ignored;

    Listing(Path root, String prefix) {
      this.root = root;
      this.prefix = prefix;
    }

    void addTopLevel(FileStatus entry) {
      String name = entry.getPath().getName();
      if (HiddenFiles.matches(name)) {
        ignored++;
      } else if (entry.isDirectory()) {
        classes.add(name);
        storage.list(entry.getPath()).forEach(file -> addFile(name, file));
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
      } else {
        files++;
        bytes += file.getLen();
        keys.add(key);
        sizes.add(file.getLen());
        if (keys.size() == FILES_PER_PART) {
          endPart();
        }
      }
    }

    private void reject(String name, FileStatus file, String reason) {
      files++;
      bytes += file.getLen();
      rejected.add(new Rejection(prefix + name, reason));
    }

    private void endPart() {
      if (!keys.isEmpty()) {
        parts.add(SourcePart.files(root.toString(), keys, sizes));
        keys.clear();
        sizes.clear();
      }
    }

    SourceIndex toIndex() {
      endPart();
      if (parts.isEmpty()) {
        throw new DataException(
            "no images: expected %s/class/file or class/file in %s, found no file in a class folder"
                .formatted(split, input));
      }
      return new SourceIndex(classes, parts, prefix, files, bytes, ignored, rejected);
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
      int file = next++;
      Path path = new Path(new Path(part.location()), part.key(file));
      return new FileEntry(storage, path, part.key(file), file, part.size(file));
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
