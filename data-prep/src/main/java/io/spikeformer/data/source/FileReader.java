package io.spikeformer.data.source;

import io.spikeformer.data.InvalidSampleException;
import java.util.NoSuchElementException;

/** Reads the files of a part one after the other. */
final class FileReader implements SourceReader {
  /** Reads one file of a part. */
  @FunctionalInterface
  interface Content {
    RawSample read(SourcePart.Item file) throws InvalidSampleException;
  }

  private final SourcePart part;
  private final Content read;
  private final Runnable close;
  private int next;

  /**
   * A reader.
   *
   * @param part what to read
   * @param read reads one file of it
   */
  FileReader(SourcePart part, Content read) {
    this(part, read, () -> {});
  }

  /**
   * A reader of files in an archive.
   *
   * @param part what to read
   * @param read reads one file of it
   * @param close closes the archive
   */
  FileReader(SourcePart part, Content read, Runnable close) {
    this.part = part;
    this.close = close;
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
    close.run();
  }

  private record Entry(
      SourcePart.Item file, long ordinal, Content reader)
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
      if (file.size() > SampleSource.MAX_FILE_BYTES) {
        return RawSample.tooLarge(file.size());
      }
      try {
        return reader.read(file);
      } catch (InvalidSampleException reason) {
        return RawSample.rejected(reason.getMessage());
      }
    }
  }
}
