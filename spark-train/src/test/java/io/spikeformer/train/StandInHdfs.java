package io.spikeformer.train;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.util.Progressable;

/**
 * Local files under {@code stand-in:} that are written as on HDFS: a file is there and empty until
 * its stream is closed. What closing does first is up to the test: to wait, or to fail, which
 * leaves the file empty.
 */
public class StandInHdfs extends DistributedFileSystem {
  private static final String SCHEME = "stand-in";
  private static final int BLOCK = 1 << 20;
  private static final AtomicReference<Closing> CLOSING = new AtomicReference<>();

  private final RawLocalFileSystem disk = new RawLocalFileSystem();

  /** Local files under {@code overwriting:} of a storage that cannot replace a file in one step. */
  public static final class Overwriting extends StandInHdfs {
    @Override
    public String getScheme() {
      return "overwriting";
    }
  }

  /** What happens before the content of a file is there. */
  interface Closing {
    void run(Path file) throws IOException;
  }

  /** A configuration that reaches both. */
  static Configuration configure(Configuration configuration) {
    configuration.set("fs." + SCHEME + ".impl", StandInHdfs.class.getName());
    configuration.set("fs.overwriting.impl", Overwriting.class.getName());
    return configuration;
  }

  /** From now on, for all files that are closed. */
  static void closing(Closing closing) {
    CLOSING.set(closing);
  }

  @Override
  public void initialize(URI name, Configuration configuration) throws IOException {
    setConf(configuration);
    disk.initialize(URI.create("file:///"), configuration);
  }

  @Override
  public URI getUri() {
    return URI.create(SCHEME + ":///");
  }

  @Override
  protected void checkPath(Path path) {
    // both schemes are meant
  }

  @Override
  public Path getWorkingDirectory() {
    return new Path("/");
  }

  @Override
  public short getDefaultReplication() {
    return 1;
  }

  @Override
  public long getDefaultBlockSize() {
    return BLOCK;
  }

  @Override
  public FSDataInputStream open(Path file, int bufferSize) throws IOException {
    return disk.open(local(file), bufferSize);
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
    FSDataOutputStream stream = disk.create(local(file), overwrite);
    return new FSDataOutputStream(new Pending(file, stream), null);
  }

  @Override
  public void rename(Path from, Path to, Options.Rename... options) throws IOException {
    if (!disk.rename(local(from), local(to))) {
      throw new IOException("not renamed");
    }
  }

  @Override
  public boolean delete(Path file, boolean recursive) throws IOException {
    return disk.delete(local(file), recursive);
  }

  @Override
  public FileStatus getFileStatus(Path file) throws IOException {
    return disk.getFileStatus(local(file));
  }

  private static Path local(Path path) {
    return new Path("file", null, path.toUri().getPath());
  }

  /** Content that is not yet in its file. */
  private static final class Pending extends ByteArrayOutputStream {
    private final Path file;
    private final FSDataOutputStream stream;

    Pending(Path file, FSDataOutputStream stream) {
      this.file = file;
      this.stream = stream;
    }

    @Override
    public void close() throws IOException {
      try (stream) {
        Closing closing = CLOSING.get();
        if (closing != null) {
          closing.run(file);
        }
        stream.write(toByteArray());
      }
    }
  }
}
