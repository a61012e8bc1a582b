package io.spikeformer.data.source;

import io.spikeformer.data.storage.InvalidSampleException;
import java.util.NoSuchElementException;

/** Reads the files of a part one after the other. */
final class FileReader implements SourceReader {
  /** Reads one file of a part. */
  @FunctionalInterface
  interface Content {
    RawSample read(SourcePart.Item file) throws InvalidSampleException;

    /** The whole path of a file's label image; null if it has none. */
    default String labels(SourcePart.Item file) {
      return null;
    }
  }

  private final SourcePart part;
  private final Content read;
  private final Runnable close;
  private final long limit;
  private int next;

  /**
   * A reader of files of at most {@link SampleSource#MAX_FILE_BYTES}.
   *
   * @param part what to read
   * @param read reads one file of it
   */
  FileReader(SourcePart part, Content read) {
    this(part, read, () -> {}, SampleSource.MAX_FILE_BYTES);
  }

  /**
   * A reader of files in an archive.
   *
   * @param part what to read
   * @param read reads one file of it
   * @param close closes the archive
   */
  FileReader(SourcePart part, Content read, Runnable close) {
    this(part, read, close, SampleSource.MAX_FILE_BYTES);
  }

  private FileReader(SourcePart part, Content read, Runnable close, long limit) {
    this.part = part;
    this.close = close;
    this.read = read;
    this.limit = limit;
  }

  /** A reader of files of any size, which are not kept in memory whole. */
  static FileReader streaming(SourcePart part, Content read) {
    return new FileReader(part, read, () -> {}, Long.MAX_VALUE);
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
    int index = next++;
    SourcePart.Item file = part.file(index);
    // an archive is cut into parts, whose files are told apart by where they lie in it
    long ordinal = file.offset() == 0 ? index : file.offset();
    return new Entry(part, file, ordinal, read, limit);
  }

  @Override
  public void close() {
    close.run();
  }

  private record Entry(
      SourcePart part, SourcePart.Item file, long ordinal, Content reader, long limit)
      implements SourceEntry {
    @Override
    public String key() {
      return file.key();
    }

    @Override
    public String path() {
      return part.path(file);
    }

    @Override
    public String labels() {
      String labels = reader.labels(file);
      return labels == null ? null : labels.substring(part.prefix().length());
    }

    @Override
    public long size() {
      return file.size();
    }

    @Override
    public RawSample read() {
      if (file.size() > limit) {
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
