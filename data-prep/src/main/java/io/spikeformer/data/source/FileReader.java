package io.spikeformer.data.source;

import java.util.NoSuchElementException;
import java.util.function.Function;

/** Reads the files of a part one after the other. */
final class FileReader implements SourceReader {
  private final SourcePart part;
  private final Function<SourcePart.Item, RawSample> read;
  private int next;

  /**
   * A reader.
   *
   * @param part what to read
   * @param read reads one file of it
   */
  FileReader(SourcePart part, Function<SourcePart.Item, RawSample> read) {
    this.part = part;
    this.read = read;
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
    return new Entry(part.file(ordinal), ordinal, read);
  }

  @Override
  public void close() {
    // every file is closed as soon as it is read
  }

  private record Entry(
      SourcePart.Item file, long ordinal, Function<SourcePart.Item, RawSample> reader)
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
      return file.size() > SampleSource.MAX_FILE_BYTES
          ? RawSample.tooLarge(file.size())
          : reader.apply(file);
    }
  }
}
