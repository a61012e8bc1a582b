package io.spikeformer.data.storage;

import io.spikeformer.common.StorageException;
import io.spikeformer.common.UserException;
import java.io.File;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CommonPathCapabilities;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.StreamCapabilities;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.util.functional.FutureIO;

/**
 * Files on any Hadoop file system (file, hdfs, s3a), written whole or not at all.
 *
 * <p>Every failure is a {@link UserException} of one line that names the file. Local files are used
 * without Hadoop's hidden .crc companions: shards and checkpoints carry their own checksums.
 *
 * <p>Whole or not at all means a rename where the file system has folders, and a single upload
 * where it has objects. An object is seen when its upload is complete, while a rename there is a
 * copy and a deletion.
 */
public final class Storage {
  /** Reason to reject an input that {@link #list} gives as a link. */
  public static final String DEAD_LINK = "a link that leads nowhere";

  private static final String UNFINISHED = ".unfinished-";

  /** At 100 MB/s reading this much takes about as long as another request. */
  private static final long SHORT_GAP_BYTES = 4L << 20;

  /** The details that an S3 client appends to its messages: request numbers and the like. */
  private static final Pattern STORE_DETAILS =
      Pattern.compile("\\(Service: [^;]*; Status Code: (\\d+);.*");

  /** A scheme without anything after it. */
  private static final Pattern NO_PLACE = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]+:/{0,2}");

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
      throw new UserException("location: expected a path or a URI, found nothing");
    }
    UriCredentials.refuse(location);
    try {
      Path path = new Path(location);
      if (path.toUri().getScheme() == null) {
        return new Path(new File(location).getAbsoluteFile().toPath().normalize().toUri());
      }
      // s3a://bucket is the bucket's root: without a slash names would be appended to the bucket's
      boolean bare = path.toUri().getAuthority() != null && path.toUri().getPath().isEmpty();
      if (NO_PLACE.matcher(location).matches()) {
        throw new IllegalArgumentException("a scheme alone");
      }
      return bare ? new Path(location + "/") : path;
    } catch (IllegalArgumentException failure) {
      throw new UserException(
          failure,
          "location: expected a path or a URI, found '%s'; a path with a colon before its first"
              + " slash begins with ./",
          location);
    }
  }

  /**
   * The path of a name below a folder.
   *
   * @param folder that holds it
   * @param name relative to the folder; a colon in it is one, not the end of a scheme
   */
  public static Path child(Path folder, String name) {
    return new Path(folder, new Path(null, null, name));
  }

  /** The file system of a path. */
  public FileSystem fileSystem(Path path) {
    try {
      FileSystem fileSystem = path.getFileSystem(configuration);
      return fileSystem instanceof LocalFileSystem local ? local.getRawFileSystem() : fileSystem;
    } catch (IOException failure) {
      throw failed("reach", path, failure);
    } catch (RuntimeException failure) {
      if (failure.getCause() instanceof ClassNotFoundException) {
        throw new UserException(
            failure,
            "cannot reach %s: expected the library of %s:// on the class path, found none; for"
                + " s3a give --packages org.apache.hadoop:hadoop-aws:3.3.4 to spark-submit, see"
                + " docs/running.md",
            path,
            path.toUri().getScheme());
      }
      throw UnknownHost.of(failure).isPresent() || failure instanceof IllegalArgumentException
          ? failed("reach", path, failure)
          : failure;
    }
  }

  /** Whether there is a file or folder. */
  public boolean exists(Path path) {
    return status(path).isPresent();
  }

  /** The status of a file or folder, empty if there is none. */
  public Optional<FileStatus> status(Path path) {
    try {
      return Optional.of(fileSystem(path).getFileStatus(path));
    } catch (FileNotFoundException absent) {
      return Optional.empty();
    } catch (IOException failure) {
      throw failed("look up", path, failure);
    }
  }

  /**
   * Files and folders directly in a folder, sorted by name; none if there is no such folder. A link
   * of the local file system that leads nowhere is listed as a link, neither file nor folder.
   *
   * @throws UserException if a name is not in the encoding of the process's locale: Hadoop would
   *     leave it out
   */
  public List<FileStatus> list(Path folder) {
    try {
      FileSystem fileSystem = fileSystem(folder);
      List<FileStatus> entries = new ArrayList<>(List.of(fileSystem.listStatus(folder)));
      if (fileSystem instanceof RawLocalFileSystem local) {
        entries.addAll(DeadLinks.in(local, folder, entries));
      }
      entries.sort(Comparator.comparing(entry -> entry.getPath().getName()));
      return List.copyOf(entries);
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
      throw missing(file, absent);
    } catch (IOException failure) {
      throw failed("open", file, failure);
    }
  }

  /**
   * Opens a large file for reading forwards with gaps; the caller closes it. A store that answers
   * each request after some 30 ms reads over a short gap instead of asking again behind it.
   */
  public FSDataInputStream openForSkipping(Path file) {
    FSDataInputStream stream = open(file);
    if (stream.hasCapability(StreamCapabilities.READAHEAD)) {
      try {
        stream.setReadahead(SHORT_GAP_BYTES);
      } catch (IOException failure) {
        throw failed("open", file, failure);
      }
    }
    return stream;
  }

  /**
   * A whole file.
   *
   * @param file the file
   * @param limit most bytes that are accepted, checked before memory is taken
   */
  public byte[] read(Path file, int limit) {
    FileStatus status = status(file).orElseThrow(() -> missing(file, null));
    if (status.getLen() > limit) {
      throw new UserException(
          "file too large: expected at most %d bytes, found %d in %s",
          limit, status.getLen(), file);
    }
    // what is known of the file is handed over, or a store would be asked for it again
    try (FSDataInputStream stream =
        FutureIO.awaitFuture(fileSystem(file).openFile(file).withFileStatus(status).build())) {
      byte[] bytes = new byte[(int) status.getLen()];
      stream.readFully(bytes);
      return bytes;
    } catch (FileNotFoundException absent) {
      throw missing(file, absent);
    } catch (IOException failure) {
      throw failed("read", file, failure);
    }
  }

  /** A whole text file in UTF-8, of at most a number of bytes. */
  public String readText(Path file, int limit) {
    return new String(read(file, limit), StandardCharsets.UTF_8);
  }

  /**
   * Writes a file so that others see all of it or nothing. An existing file is replaced.
   *
   * <p>Where a file appears only when it is closed (s3a), it has its own name at once, and is given
   * up on a failure. Elsewhere it has a temporary name in the same folder until it is whole.
   */
  public void write(Path file, Content content) {
    FileSystem fileSystem = fileSystem(file);
    try {
      if (fileSystem.hasPathCapability(file, CommonPathCapabilities.ABORTABLE_STREAM)) {
        upload(fileSystem, file, content);
      } else {
        writeAndRename(fileSystem, file, content);
      }
    } catch (IOException failure) {
      throw failed("write", file, failure);
    }
  }

  private static void upload(FileSystem fileSystem, Path file, Content content) throws IOException {
    FSDataOutputStream stream = fileSystem.create(file, true);
    boolean complete = false;
    try {
      content.writeTo(stream);
      complete = true;
    } finally {
      if (!complete) {
        // closing would publish the half
        stream.abort();
      }
    }
    stream.close();
  }

  private static void writeAndRename(FileSystem fileSystem, Path file, Content content)
      throws IOException {
    Path unfinished =
        child(file.getParent(), UNFINISHED + file.getName() + "-" + UUID.randomUUID());
    boolean done = false;
    try {
      try (OutputStream stream = new DistinctFailures(fileSystem.create(unfinished, true))) {
        content.writeTo(stream);
      }
      replace(fileSystem, unfinished, file);
      done = true;
    } finally {
      if (!done) {
        discard(fileSystem, unfinished);
      }
    }
  }

  /** Renames in one step where it can: a job that is killed between two would lose the old file. */
  private static void replace(FileSystem fileSystem, Path unfinished, Path file)
      throws IOException {
    boolean there = fileSystem.exists(file);
    if (there && fileSystem.getFileStatus(file).isDirectory()) {
      throw new IOException("expected a file or nothing, found a folder");
    }
    if (fileSystem instanceof DistributedFileSystem hdfs) {
      hdfs.rename(unfinished, file, Options.Rename.OVERWRITE);
      return;
    }
    if (there && !(fileSystem instanceof RawLocalFileSystem)) {
      // a rename onto an existing file is refused by some stores
      fileSystem.delete(file, false);
    }
    if (!fileSystem.rename(unfinished, file)) {
      throw new IOException("the file system refused to rename " + unfinished.getName());
    }
  }

  /**
   * Adds to the end of an existing file, where the file system can; a failure may leave a part.
   *
   * @param file the file
   * @param content what is added
   */
  public void append(Path file, Content content) {
    try (OutputStream stream = new DistinctFailures(fileSystem(file).append(file))) {
      content.writeTo(stream);
    } catch (IOException failure) {
      throw failed("append to", file, failure);
    }
  }

  /** Writes a text file in UTF-8, whole or not at all. */
  public void writeText(Path file, String text) {
    write(file, stream -> stream.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  /**
   * Gives a file another name, at which nothing lies, on the same file system. In an object store
   * that is a copy and a deletion.
   */
  public void move(Path file, Path target) {
    try {
      FileSystem fileSystem = fileSystem(file);
      fileSystem.mkdirs(target.getParent());
      if (!fileSystem.rename(file, target)) {
        throw new IOException("the file system refused to rename " + file.getName());
      }
    } catch (IOException failure) {
      throw failed("write", target, failure);
    }
  }

  /** Deletes a file or an empty folder if it exists. */
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

  private static StorageException missing(Path file, FileNotFoundException cause) {
    return new StorageException(cause, "missing file: expected %s, found nothing", file);
  }

  /** Whether a failure is one of reaching a file's bytes, not of what the bytes say. */
  public static boolean isUnreachable(Exception failure) {
    return failure instanceof AccessDeniedException
        || failure instanceof FileNotFoundException
        || failure instanceof InterruptedIOException
        || failure instanceof SocketException
        || failure instanceof UnknownHostException
        || failure.getClass().getName().startsWith("org.apache.hadoop.");
  }

  /** The error of a file whose bytes could not be read to their end. */
  public static StorageException unreadable(Path file, Exception failure) {
    return failed("read", file, failure);
  }

  private static StorageException failed(String action, Path path, Exception cause) {
    Optional<UnknownHost> host = UnknownHost.of(cause);
    if (host.isPresent()) {
      return new StorageException(cause, "cannot %s %s: %s", action, path, host.get().advice(path));
    }
    String reason =
        cause instanceof AccessDeniedException
            ? "access denied; check the permissions, and the credentials that are used"
            : STORE_DETAILS
                .matcher(String.valueOf(cause.getMessage()).lines().findFirst().orElse(""))
                .replaceFirst("(status $1)");
    return new StorageException(
        cause, "cannot %s %s: %s (%s)", action, path, reason, cause.getClass().getSimpleName());
  }
}
