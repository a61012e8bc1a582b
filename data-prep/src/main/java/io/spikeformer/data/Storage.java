package io.spikeformer.data;

import java.io.File;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Files on any Hadoop file system (file, hdfs, s3a), written whole or not at all.
 *
 * <p>Every failure is a {@link DataException} of one line that names the file. Local files are used
 * without Hadoop's hidden .crc companions: shards and checkpoints carry their own checksums.
 */
public final class Storage {
  private static final String UNFINISHED = ".unfinished-";

  private final Configuration configuration;

  /** Files as this configuration reaches them. */
  public Storage(Configuration configuration) {
    this.configuration = configuration;
  }

  /** Writes the content of a file. */
  @FunctionalInterface
  public interface Content {
    /** Writes everything; the stream is closed by the caller. */
    void writeTo(OutputStream stream) throws IOException;
  }

  public Configuration configuration() {
    return configuration;
  }

  /**
   * The place that a user's text names.
   *
   * @param location a URI with its scheme, or a plain path, which always means a local file
   */
  public static Path path(String location) {
    if (location == null || location.isBlank()) {
      throw new DataException("location: expected a path or a URI, found nothing");
    }
    try {
      Path path = new Path(location);
      return path.toUri().getScheme() == null
          ? new Path(new File(location).getAbsoluteFile().toPath().normalize().toUri())
          : path;
    } catch (IllegalArgumentException failure) {
      throw new DataException(
          "location: expected a path or a URI, found '%s'".formatted(location), failure);
    }
  }

  /** The file system of a path. */
  public FileSystem fileSystem(Path path) {
    try {
      FileSystem fileSystem = path.getFileSystem(configuration);
      return fileSystem instanceof LocalFileSystem local ? local.getRawFileSystem() : fileSystem;
    } catch (IOException failure) {
      throw failed("reach", path, failure);
    }
  }

  /** Whether there is a file or folder. */
  public boolean exists(Path path) {
    return status(path).isPresent();
  }

  /** What is known of a file or folder, empty if there is none. */
  public Optional<FileStatus> status(Path path) {
    try {
      return Optional.of(fileSystem(path).getFileStatus(path));
    } catch (FileNotFoundException absent) {
      return Optional.empty();
    } catch (IOException failure) {
      throw failed("look up", path, failure);
    }
  }

  /** Files and folders directly in a folder, sorted by name; none if there is no such folder. */
  public List<FileStatus> list(Path folder) {
    try {
      FileStatus[] entries = fileSystem(folder).listStatus(folder);
      Arrays.sort(entries, Comparator.comparing(entry -> entry.getPath().getName()));
      return List.of(entries);
    } catch (FileNotFoundException absent) {
      return List.of();
    } catch (IOException | IllegalArgumentException failure) {
      throw failed("list", folder, failure);
    }
  }

  /** Opens a file for reading; the caller closes it. */
  public FSDataInputStream open(Path file) {
    try {
      return fileSystem(file).open(file);
    } catch (FileNotFoundException absent) {
      throw new DataException("missing file: expected %s, found nothing".formatted(file), absent);
    } catch (IOException failure) {
      throw failed("open", file, failure);
    }
  }

  /**
   * A whole file.
   *
   * @param file the file
   * @param limit most bytes that are accepted, checked before memory is taken
   */
  public byte[] read(Path file, int limit) {
    try (FSDataInputStream stream = open(file)) {
      long size = fileSystem(file).getFileStatus(file).getLen();
      if (size > limit) {
        throw new DataException(
            "file too large: expected at most %d bytes, found %d in %s"
                .formatted(limit, size, file));
      }
      byte[] bytes = new byte[(int) size];
      stream.readFully(0, bytes);
      return bytes;
    } catch (IOException failure) {
      throw failed("read", file, failure);
    }
  }

  /** A whole text file in UTF-8, of at most a number of bytes. */
  public String readText(Path file, int limit) {
    return new String(read(file, limit), StandardCharsets.UTF_8);
  }

  /**
   * Writes a file so that others see all of it or nothing: under a temporary name in the same
   * folder, then renamed. An existing file is replaced.
   */
  public void write(Path file, Content content) {
    FileSystem fileSystem = fileSystem(file);
    Path unfinished =
        new Path(file.getParent(), UNFINISHED + file.getName() + "-" + UUID.randomUUID());
    boolean done = false;
    try {
      try (OutputStream stream = fileSystem.create(unfinished, true)) {
        content.writeTo(stream);
      }
      if (fileSystem.exists(file)) {
        // a rename onto an existing file is refused by some stores
        fileSystem.delete(file, false);
      }
      done = fileSystem.rename(unfinished, file);
      if (!done) {
        throw new IOException("the file system refused to rename " + unfinished.getName());
      }
    } catch (IOException failure) {
      throw failed("write", file, failure);
    } finally {
      if (!done) {
        discard(fileSystem, unfinished);
      }
    }
  }

  /** Writes a text file in UTF-8, whole or not at all. */
  public void writeText(Path file, String text) {
    write(file, stream -> stream.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** Deletes a file if it exists. */
  public void delete(Path file) {
    try {
      fileSystem(file).delete(file, false);
    } catch (IOException failure) {
      throw failed("delete", file, failure);
    }
  }

  /** Whether a name is that of a file whose writing was never finished. */
  public static boolean isUnfinished(String name) {
    return name.startsWith(UNFINISHED);
  }

  private static void discard(FileSystem fileSystem, Path unfinished) {
    try {
      fileSystem.delete(unfinished, false);
    } catch (IOException ignored) {
      // the failure that led here is the one to report; the name marks the leftover as unfinished
    }
  }

  private static DataException failed(String action, Path path, Exception cause) {
    String reason = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
    return new DataException(
        "cannot %s %s: %s (%s)".formatted(action, path, reason, cause.getClass().getSimpleName()),
        cause);
  }
}
