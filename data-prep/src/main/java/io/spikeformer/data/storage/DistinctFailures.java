package io.spikeformer.data.storage;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/**
 * A stream that never throws the same exception object twice. HDFS does when it is closed after a
 * failed write, and try-with-resources cannot suppress an exception in itself: it would throw an
 * IllegalArgumentException instead, and the reason were lost.
 */
final class DistinctFailures extends FilterOutputStream {
  private IOException last;

  DistinctFailures(OutputStream stream) {
    super(stream);
  }

  @Override
  public void write(int value) throws IOException {
    try {
      out.write(value);
    } catch (IOException failure) {
      throw distinct(failure);
    }
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    try {
      out.write(bytes, offset, length);
    } catch (IOException failure) {
      throw distinct(failure);
    }
  }

  @Override
  public void flush() throws IOException {
    try {
      out.flush();
    } catch (IOException failure) {
      throw distinct(failure);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      out.close();
    } catch (IOException failure) {
      throw distinct(failure);
    }
  }

  private IOException distinct(IOException failure) {
    if (failure == last) {
      return new IOException(failure.getMessage(), failure);
    }
    last = failure;
    return failure;
  }
}
