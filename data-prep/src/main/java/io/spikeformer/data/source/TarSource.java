package io.spikeformer.data.source;

import io.spikeformer.data.files.ArchiveForm;
import io.spikeformer.data.files.TarEntries;
import io.spikeformer.data.storage.Storage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.NoSuchElementException;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;

/**
 * Images in an uncompressed .tar file: in class folders, in one tar file for each class, or without
 * either and with labels from elsewhere.
 *
 * <p>The headers are read once, seeking over the images; then tasks read ranges of about the same
 * number of bytes, so that one large file keeps all of them busy.
 */
final class TarSource implements SampleSource {
  private final Storage storage;
  private final Path input;
  private final String split;
  private final ImageLabels labels;

  TarSource(Storage storage, Path input, String split, ImageLabels labels) {
    this.storage = storage;
    this.input = input;
    this.split = split;
    this.labels = labels;
  }

  @Override
  public SourceIndex index() {
    ArchiveIndex index = new ArchiveIndex(input, split, labels);
    try (ClassTar tar = new ClassTar(TarEntries.seeking(storage, input), index::archiveClass)) {
      for (ClassLayout.Leaf leaf = tar.next(); leaf != null; leaf = tar.next()) {
        index.add(leaf);
      }
    } catch (IOException | IllegalArgumentException failure) {
      throw ArchiveForm.TAR.damaged(input, failure);
    }
    return index.toIndex();
  }

  @Override
  public SourceReader read(SourcePart part) {
    return new Reader(storage.openForSkipping(new Path(part.location())), part);
  }

  /** Reads the ranges of one part, one after the other. */
  private static final class Reader implements SourceReader {
    private final FSDataInputStream file;
    private final SourcePart part;
    private int next;

    Reader(FSDataInputStream file, SourcePart part) {
      this.file = file;
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
      SourcePart.Item range = part.file(next++);
      return new RangeEntry(this, range, part.path(range));
    }

    private byte[] content(SourcePart.Item range) {
      byte[] bytes = new byte[(int) range.size()];
      try {
        file.seek(range.offset());
        file.readFully(bytes);
        return bytes;
      } catch (IOException failure) {
        throw ArchiveForm.TAR.damaged(new Path(part.location()), failure);
      }
    }

    @Override
    public void close() {
      try {
        file.close();
      } catch (IOException failure) {
        throw new UncheckedIOException(failure);
      }
    }
  }

  private record RangeEntry(Reader reader, SourcePart.Item range, String path)
      implements SourceEntry {
    @Override
    public String key() {
      return range.key();
    }

    @Override
    public long ordinal() {
      return range.offset();
    }

    @Override
    public long size() {
      return range.size();
    }

    @Override
    public RawSample read() {
      return size() > MAX_FILE_BYTES
          ? RawSample.tooLarge(size())
          : RawSample.of(reader.content(range));
    }
  }
}
