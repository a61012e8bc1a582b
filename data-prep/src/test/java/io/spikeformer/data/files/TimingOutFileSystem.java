package io.spikeformer.data.files;

import io.spikeformer.data.storage.Storage;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSInputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/** Local files under the scheme late, a range of whose bytes is never delivered. */
public final class TimingOutFileSystem extends RawLocalFileSystem {
  private static final URI ROOT = URI.create("late:///");
  private static final String FROM = "late.from";
  private static final String TO = "late.to";

  /** Storage on which reads from one position of any file until before another time out. */
  static Storage storage(long from, long to) {
    Configuration configuration = new Configuration();
    configuration.set("fs.late.impl", TimingOutFileSystem.class.getName());
    configuration.set("fs.late.impl.disable.cache", "true");
    configuration.setLong(FROM, from);
    configuration.setLong(TO, to);
    return new Storage(configuration);
  }

  @Override
  public URI getUri() {
    return ROOT;
  }

  @Override
  public String getScheme() {
    return ROOT.getScheme();
  }

  @Override
  public FSDataInputStream open(Path file, int bufferSize) throws IOException {
    return new FSDataInputStream(
        new LateStream(
            super.open(file, bufferSize), getConf().getLong(FROM, 0), getConf().getLong(TO, 0)));
  }

  private static final class LateStream extends FSInputStream {
    private final FSDataInputStream file;
    private final long from;
    private final long to;

    LateStream(FSDataInputStream file, long from, long to) {
      this.file = file;
      this.from = from;
      this.to = to;
    }

    @Override
    public void seek(long position) throws IOException {
      file.seek(position);
    }

    @Override
    public long getPos() throws IOException {
      return file.getPos();
    }

    @Override
    public boolean seekToNewSource(long position) {
      return false;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      if (file.getPos() >= from && file.getPos() < to) {
        throw new SocketTimeoutException("Read timed out");
      }
      return file.read(target, offset, length);
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
