package io.spikeformer.data.shard;

import java.io.IOException;
import java.io.OutputStream;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.PositionOutputStream;

/**
 * Lets Parquet write one file into a stream that is open already, such as one of {@link
 * Storage#write}, which makes the file whole or not at all.
 */
public final class ParquetStream implements OutputFile {
  private final Counting counting;

  /** The stream stays the caller's. */
  public ParquetStream(OutputStream stream) {
    this.counting = new Counting(stream);
  }

  /** Bytes written so far. */
  public long position() {
    return counting.position;
  }

  @Override
  public PositionOutputStream create(long blockSizeHint) {
    return counting;
  }

  @Override
  public PositionOutputStream createOrOverwrite(long blockSizeHint) {
    return counting;
  }

  @Override
  public boolean supportsBlockSize() {
    return false;
  }

  @Override
  public long defaultBlockSize() {
    return 0;
  }

  private static final class Counting extends PositionOutputStream {
    private final OutputStream stream;
    private long position;

    Counting(OutputStream stream) {
      this.stream = stream;
    }

    @Override
    public long getPos() {
      return position;
    }

    @Override
    public void write(int value) throws IOException {
      stream.write(value);
      position++;
    }

    @Override
    public void write(byte[] values, int offset, int length) throws IOException {
      stream.write(values, offset, length);
      position += length;
    }

    @Override
    public void flush() throws IOException {
      stream.flush();
    }
  }
}
