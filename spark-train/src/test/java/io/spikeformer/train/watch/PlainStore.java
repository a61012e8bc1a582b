package io.spikeformer.train.watch;

import java.net.URI;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CommonPathCapabilities;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.util.Progressable;

/** Local files under {@code store:} that cannot be appended to, as on an object store. */
public final class PlainStore extends RawLocalFileSystem {
  private static final URI NAME = URI.create("store:///");

  /** A configuration that reaches it. */
  public static Configuration configure(Configuration configuration) {
    configuration.set("fs.store.impl", PlainStore.class.getName());
    return configuration;
  }

  @Override
  public URI getUri() {
    return NAME;
  }

  @Override
  public boolean hasPathCapability(Path path, String capability) {
    return !capability.equals(CommonPathCapabilities.FS_APPEND);
  }

  @Override
  public FSDataOutputStream append(Path file, int bufferSize, Progressable progress) {
    throw new UnsupportedOperationException("append");
  }
}
