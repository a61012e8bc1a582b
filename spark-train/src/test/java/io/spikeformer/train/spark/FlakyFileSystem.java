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
 * Local files under {@code flaky:}. The first shard that is opened cannot be read, the second takes
 * the whole process with it; from then on all is well.
 */
public final class FlakyFileSystem extends RawLocalFileSystem {
  /** Configuration key of the folder in which faults are noted, for all processes. */
  static final String NOTES = "flaky.notes";

  private static final URI NAME = URI.create("flaky:///");

  @Override
  public URI getUri() {
    return NAME;
  }

  @Override
  public FSDataInputStream open(Path file, int bufferSize) throws IOException {
    if (file.getName().endsWith(".parquet")) {
      if (firstTime("failed")) {
        throw new IOException("the disk is not ready");
      }
      if (firstTime("killed")) {
        Runtime.getRuntime().halt(9);
      }
    }
    return super.open(file, bufferSize);
  }

  private boolean firstTime(String fault) throws IOException {
    try {
      Files.createFile(Paths.get(getConf().get(NOTES), fault));
      return true;
    } catch (FileAlreadyExistsException later) {
      return false;
    }
  }
}
