package io.spikeformer.data.spark;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/** Local files under the scheme breakable, which fails in one way while told to. */
public final class BreakableFileSystem extends RawLocalFileSystem {
  static final URI ROOT = URI.create("breakable:///");

  /** While a file of this name lies beside the split, one shard cannot be put in place. */
  static final String BROKEN = "broken";

  /** While a file of this name lies beside the split, there is no space left for one shard. */
  static final String FULL = "full";

  /** While a file of this name lies beside the split, nothing under {@code locked} can be read. */
  static final String LOCKED = "locked";

  private static final String VICTIM = "part-00005.parquet";

  @Override
  public URI getUri() {
    return ROOT;
  }

  @Override
  public String getScheme() {
    return ROOT.getScheme();
  }

  @Override
  public boolean rename(Path source, Path target) throws IOException {
    if (told(target, BROKEN) && target.getName().equals(VICTIM)) {
      throw new IOException("the disk is full");
    }
    return super.rename(source, target);
  }

  @Override
  public FSDataInputStream open(Path file, int bufferSize) throws IOException {
    if (file.getName().startsWith(LOCKED)) {
      throw new org.apache.hadoop.security.AccessControlException("Permission denied: " + file);
    }
    return super.open(file, bufferSize);
  }

  @Override
  public FSDataOutputStream create(
      Path file,
      FsPermission permission,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    return failing(
        super.create(file, permission, overwrite, bufferSize, replication, blockSize, progress),
        file);
  }

  @Override
  public FSDataOutputStream create(
      Path file,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    return failing(
        super.create(file, overwrite, bufferSize, replication, blockSize, progress), file);
  }

  private FSDataOutputStream failing(FSDataOutputStream stream, Path file) throws IOException {
    return told(file, FULL) && file.getName().contains(VICTIM)
        ? new FSDataOutputStream(new FullDisk(stream), null)
        : stream;
  }

  private boolean told(Path file, String sign) throws IOException {
    return file.getParent().getParent() != null
        && exists(new Path(file.getParent().getParent(), sign));
  }

  /** Takes some bytes and then no more, as a disk that fills up. */
  private static final class FullDisk extends OutputStream {
    private final OutputStream disk;
    private int space = 500;

    FullDisk(OutputStream disk) {
      this.disk = disk;
    }

    @Override
    public void write(int value) throws IOException {
      if (--space < 0) {
        throw new IOException("No space left on device");
      }
      disk.write(value);
    }

    @Override
    public void close() throws IOException {
      disk.close();
    }
  }
}
