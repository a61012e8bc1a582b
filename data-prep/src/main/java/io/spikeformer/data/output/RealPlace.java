package io.spikeformer.data.output;

import io.spikeformer.data.storage.Storage;
import java.io.IOException;
import java.nio.file.Files;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/**
 * A place under the one name that all its names lead to: without links of the local file system,
 * {@code ./}, default ports and slashes at the end.
 */
record RealPlace(String text) {
  static RealPlace of(Storage storage, Path path) {
    FileSystem fileSystem = storage.fileSystem(path);
    Path real =
        fileSystem instanceof RawLocalFileSystem local
            ? new Path(withoutLinks(local.pathToFile(path).toPath()).toUri())
            : fileSystem.makeQualified(path);
    String text = real.toString();
    return new RealPlace(text.endsWith("/") ? text : text + "/");
  }

  /** Whether this is below another place. */
  boolean isInside(RealPlace other) {
    return !equals(other) && text.startsWith(other.text);
  }

  /** Follows links as far as there are files, and takes the rest as it stands. */
  private static java.nio.file.Path withoutLinks(java.nio.file.Path path) {
    java.nio.file.Path there = path.toAbsolutePath().normalize();
    for (java.nio.file.Path above = there; above != null; above = above.getParent()) {
      if (Files.exists(above)) {
        try {
          return above.toRealPath().resolve(above.relativize(there)).normalize();
        } catch (IOException unreadable) {
          return there;
        }
      }
    }
    return there;
  }

  /** The file that a path of the local file system stands for, if it is a link to one. */
  static Path behindLink(Storage storage, Path path) {
    if (storage.fileSystem(path) instanceof RawLocalFileSystem local) {
      java.nio.file.Path link = local.pathToFile(path).toPath();
      if (Files.isSymbolicLink(link) && Files.exists(link)) {
        return new Path(withoutLinks(link).toUri());
      }
    }
    return path;
  }
}
