package io.spikeformer.data.source;

import java.util.NoSuchElementException;
import java.util.function.Function;

/** Reads the files of a part one after the other. */
final class FileReader implements SourceReader {
  private final SourcePart part;
  private final Function<SourcePart.Item, RawSample> read;
  private final long limit;
  private int next;

  /**
   * A reader of files of at most {@link SampleSource#MAX_FILE_BYTES}.
   *
   * @param part what to read
   * @param read reads one file of it
   */
  FileReader(SourcePart part, Function<SourcePart.Item, RawSample> read) {
    this(part, read, SampleSource.MAX_FILE_BYTES);
  }

  private FileReader(SourcePart part, Function<SourcePart.Item, RawSample> read, long limit) {
    this.part = part;
    this.read = read;
    this.limit = limit;
  }

  /** A reader of files of any size, which are not kept in memory whole. */
  static FileReader streaming(SourcePart part, Function<SourcePart.Item, RawSample> read) {
    return new FileReader(part, read, Long.MAX_VALUE);
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
    int ordinal = next++;
    return new Entry(part.file(ordinal), ordinal, read, limit);
  }

  @Override
  public void close() {
    // every file is closed as soon as it is read
  }

  private record Entry(
      SourcePart.Item file, long ordinal, Function<SourcePart.Item, RawSample> reader, long limit)
      implements SourceEntry {
    @Override
    public String key() {
      return file.key();
    }

    @Override
    public long size() {
      return file.size();
    }

    @Override
    public RawSample read() {
      return file.size() > limit ? RawSample.tooLarge(file.size()) : reader.apply(file);
    }
  }
}
