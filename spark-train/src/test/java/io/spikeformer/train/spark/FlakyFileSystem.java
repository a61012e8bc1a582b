package io.spikeformer.train.spark;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Paths;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/**
 * Local files under {@code fails-once:} and {@code kills-once:}, whose first shard cannot be read
 * the first time, or takes the whole process with it.
 */
public final class FlakyFileSystem extends RawLocalFileSystem {
  /** Configuration key of the folder in which each scheme notes that it has struck. */
  static final String NOTES = "flaky.notes";

  private URI uri;

  @Override
  public void initialize(URI name, org.apache.hadoop.conf.Configuration conf) throws IOException {
    super.initialize(name, conf);
    uri = URI.create(name.getScheme() + ":///");
  }

  @Override
  public URI getUri() {
    return uri == null ? super.getUri() : uri;
  }

  @Override
  public FSDataInputStream open(Path file, int bufferSize) throws IOException {
    if (file.getName().endsWith(".parquet") && firstTime()) {
      if (uri.getScheme().equals("kills-once")) {
        Runtime.getRuntime().halt(9);
      }
      throw new IOException("the disk is not ready");
    }
    return super.open(file, bufferSize);
  }

  private boolean firstTime() throws IOException {
    try {
      Files.createFile(Paths.get(getConf().get(NOTES), uri.getScheme()));
      return true;
    } catch (FileAlreadyExistsException later) {
      return false;
    }
  }
}
