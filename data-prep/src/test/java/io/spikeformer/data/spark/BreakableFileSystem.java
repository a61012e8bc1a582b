package io.spikeformer.data.spark;

import java.io.IOException;
import java.net.URI;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/** Local files under the scheme breakable, which refuses to finish one shard while told to. */
public final class BreakableFileSystem extends RawLocalFileSystem {
  static final URI ROOT = URI.create("breakable:///");

  /** While a file of this name lies beside it, the shard cannot be put in place. */
  static final String BROKEN = "broken";

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
    boolean broken = exists(new Path(target.getParent().getParent(), BROKEN));
    if (broken && target.getName().equals(VICTIM)) {
      throw new IOException("the disk is full");
    }
    return super.rename(source, target);
  }
}
