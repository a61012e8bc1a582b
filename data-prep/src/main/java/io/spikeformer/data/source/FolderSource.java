package io.spikeformer.data.source;

import io.spikeformer.data.files.FolderWalk;
import io.spikeformer.data.storage.Storage;
import java.util.NoSuchElementException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * {@code input/split/class/file}, or {@code input/class/file} if there is no such split folder;
 * with labels also files that lie elsewhere.
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
    String prefix = hasSplit ? split + "/" : "";
    PartBuilder parts = new PartBuilder(input.toString(), prefix, FILES_PER_PART);
    ClassListing listing = new ClassListing(new ClassLayout(prefix, labels), parts::add);
    new FolderWalk(storage, listing::add).below(hasSplit ? splitFolder : input, prefix);
    return listing.toIndex(input, split, parts.parts());
  }

  @Override
  public SourceReader read(SourcePart part) {
    return new Reader(part);
  }

  @Override
  public boolean readsFilesInAnyOrder() {
    return true;
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
      SourcePart.Item item = part.file(next);
      Path file = Storage.child(new Path(part.location()), item.name());
      return new FileEntry(storage, file, item, part.path(item), next++);
    }

    @Override
    public void close() {
      // every file is closed as soon as it is read
    }
  }

  private record FileEntry(
      Storage storage, Path file, SourcePart.Item item, String path, long ordinal)
      implements SourceEntry {
    @Override
    public String key() {
      return item.key();
    }

    @Override
    public long size() {
      return item.size();
    }

    @Override
    public RawSample read() {
      return size() > MAX_FILE_BYTES
          ? RawSample.tooLarge(size())
          : RawSample.of(storage.read(file, MAX_FILE_BYTES));
    }
  }
}
