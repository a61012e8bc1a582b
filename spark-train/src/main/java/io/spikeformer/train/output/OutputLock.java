package io.spikeformer.train.output;

import io.spikeformer.common.StorageException;
import io.spikeformer.common.UserException;
import io.spikeformer.data.storage.Storage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CommonPathCapabilities;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/**
 * Keeps two runs from writing into one output folder.
 *
 * <p>The lock is a file that says who holds it. Its holder renews it while it lives. A lock that
 * has not been renewed for a while, or whose process on this host is gone, is stale and may be
 * taken over. Creating the file is atomic on local disks and HDFS. On an object store it is not:
 * there, and after a take-over, the taker waits for a moment and looks whether the lock is still
 * its own. A run that loses it later learns so before the next checkpoint and stops. Every written
 * file is whole in any case.
 *
 * <p>A renewal replaces the file in one step where the storage can; elsewhere it overwrites it, and
 * a failure leaves it short. Such a lock is still this run's: the next renewal mends it.
 */
public final class OutputLock implements AutoCloseable {
  /** Name of the file. */
  public static final String FILE = "_lock.json";

  /** Hadoop property: milliseconds between two signs of life. */
  public static final String RENEW = "spikeformer.lock.renew-ms";

  /** Hadoop property: milliseconds without a sign of life after which a lock is stale. */
  public static final String STALE = "spikeformer.lock.stale-ms";

  /** Hadoop property: milliseconds after which a taker looks again, where taking is not atomic. */
  public static final String SETTLE = "spikeformer.lock.settle-ms";

  private static final int MAX_BYTES = 1 << 16;
  private static final int USUAL_RENEW = 30_000;
  private static final int USUAL_STALE = 300_000;
  private static final int USUAL_SETTLE = 2_000;
  private static final int READ_ATTEMPTS = 3;
  private static final int READ_PAUSE = 50;

  private final Storage storage;
  private final Path folder;
  private final Path file;
  private final Stale stale;
  private final Consumer<String> warnings;
  private final Duration renewEvery;
  private final Duration staleAfter;
  private final Duration settle;
  private ScheduledExecutorService heart;
  private LockHolder mine;

  /** Whether the file was being overwritten and that has not succeeded: it may be short. */
  private boolean overwriting;

  /** The treatment of a stale lock. */
  public enum Stale {
    /** It is refused as any other: its run may be continued. */
    REFUSE,
    /** It is taken over. */
    TAKE_OVER
  }

  /**
   * A lock that is not yet taken.
   *
   * @param warnings receives a line when a stale lock is taken over or cannot be renewed
   */
  OutputLock(Storage storage, Path folder, Stale stale, Consumer<String> warnings) {
    Configuration conf = storage.configuration();
    this.storage = storage;
    this.folder = folder;
    this.file = new Path(folder, FILE);
    this.stale = stale;
    this.warnings = warnings;
    this.renewEvery = Duration.ofMillis(Math.max(1, conf.getInt(RENEW, USUAL_RENEW)));
    this.staleAfter = Duration.ofMillis(conf.getInt(STALE, USUAL_STALE));
    this.settle = Duration.ofMillis(Math.max(0, conf.getInt(SETTLE, USUAL_SETTLE)));
  }

  /**
   * Looks whether the lock can be taken, and changes nothing.
   *
   * @throws UserException in one line that says who holds it and what to do
   */
  public void requireFree() {
    if (storage.exists(file)) {
      requireStale(read());
    }
  }

  /**
   * Takes the lock and renews it until it is closed.
   *
   * @throws UserException in one line that says who holds it and what to do
   */
  public void acquire() {
    LockHolder taker = LockHolder.thisProcess(Instant.now());
    boolean atomic = true;
    if (!create(taker)) {
      Optional<LockHolder> holder = read();
      requireStale(holder);
      warnings.accept(
          "output "
              + folder
              + ": taking over from "
              + holder.map(LockHolder::describe).orElse("a run that left no whole lock"));
      storage.delete(file);
      atomic = false;
      if (!create(taker)) {
        requireStale(read());
      }
    }
    if (!atomic || !createsAtomically()) {
      pause(settle);
      Optional<LockHolder> holder = read();
      if (!holder.map(LockHolder::id).equals(Optional.of(taker.id()))) {
        throw held(holder, "taken at the same moment");
      }
    }
    mine = taker;
    heart =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              Thread thread = new Thread(work, "output lock");
              thread.setDaemon(true);
              return thread;
            });
    long every = renewEvery.toMillis();
    heart.scheduleWithFixedDelay(this::renew, every, every, TimeUnit.MILLISECONDS);
  }

  /**
   * Looks whether the lock is still this run's; waits for a renewal that has begun.
   *
   * @throws UserException if another run has taken it, or somebody has deleted it
   * @throws UserException if the storage does not answer, or a renewal of this run has failed and
   *     left a lock that is not whole
   */
  public synchronized void requireHeld() {
    Optional<LockHolder> holder = find();
    if (isLeftByRenewal(holder)) {
      throw new StorageException(
          "cannot read %s: expected the lock of this run, found what a failed renewal left; it is"
              + " renewed again every %s ms",
          file, renewEvery.toMillis());
    }
    if (!isMine(holder)) {
      throw new UserException(
          "output %s: the lock of this run is gone, %s; this run stops, so that two do not write"
              + " into one folder",
          folder,
          holder
              .map(other -> "taken over by " + other.describe())
              .orElse("deleted or damaged by somebody"));
    }
  }

  private synchronized void renew() {
    try {
      Optional<LockHolder> holder = find();
      if (isMine(holder) || isLeftByRenewal(holder)) {
        replace(mine.renewed(Instant.now()));
      }
    } catch (RuntimeException failure) {
      // a failure that is thrown on would be the last renewal
      warnings.accept("lock not renewed: " + failure.getMessage());
    }
  }

  private Optional<LockHolder> find() {
    return storage.exists(file) ? read() : Optional.empty();
  }

  private boolean isMine(Optional<LockHolder> holder) {
    return holder.map(LockHolder::id).equals(Optional.of(mine.id()));
  }

  /** Nothing whole, where a renewal of this run has failed on the way. */
  private boolean isLeftByRenewal(Optional<LockHolder> holder) {
    return holder.isEmpty() && overwriting;
  }

  private void requireStale(Optional<LockHolder> holder) {
    Instant now = Instant.now();
    if (holder.isPresent() && holder.get().isGone()) {
      requireTakeOver(holder, "which is gone");
      return;
    }
    Duration age = holder.map(found -> found.age(now)).orElseGet(() -> ageOfFile(now));
    if (age.compareTo(staleAfter) < 0) {
      Instant end =
          now.plus(staleAfter).minus(age).truncatedTo(java.time.temporal.ChronoUnit.SECONDS);
      throw held(
          holder,
          "last seen "
              + age.toSeconds()
              + " s ago: wait for its end or use another folder; if it was killed, --resume works"
              + " from "
              + end
              + " on");
    }
    requireTakeOver(holder, "which has not been seen for " + age.toMinutes() + " minutes");
  }

  private void requireTakeOver(Optional<LockHolder> holder, String why) {
    if (stale == Stale.REFUSE) {
      throw held(holder, why + ": use --resume to take its place, or another folder");
    }
  }

  private Duration ageOfFile(Instant now) {
    return storage
        .status(file)
        .map(status -> Duration.between(Instant.ofEpochMilli(status.getModificationTime()), now))
        .orElse(Duration.ZERO);
  }

  private UserException held(Optional<LockHolder> holder, String state) {
    return new UserException(
        "output %s: expected no other run, found %s, %s",
        folder,
        holder.map(LockHolder::describe).orElse("one whose " + FILE + " is not whole"),
        state);
  }

  /** The content of the file; a holder that renews it may leave it short for a moment. */
  private Optional<LockHolder> read() {
    for (int attempt = 1; attempt < READ_ATTEMPTS; attempt++) {
      Optional<LockHolder> holder = LockHolder.fromJson(storage.readText(file, MAX_BYTES));
      if (holder.isPresent()) {
        return holder;
      }
      pause(Duration.ofMillis(READ_PAUSE));
    }
    return LockHolder.fromJson(storage.readText(file, MAX_BYTES));
  }

  private boolean createsAtomically() {
    FileSystem fileSystem = storage.fileSystem(file);
    return fileSystem instanceof RawLocalFileSystem || fileSystem.getScheme().equals("hdfs");
  }

  /** Creates the file unless there is one. */
  private boolean create(LockHolder holder) {
    byte[] content = holder.toJson().getBytes(StandardCharsets.UTF_8);
    try {
      FileSystem fileSystem = storage.fileSystem(file);
      if (fileSystem instanceof RawLocalFileSystem local) {
        java.nio.file.Path path = local.pathToFile(file).toPath();
        Files.createDirectories(path.getParent());
        Files.write(path, content, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      } else {
        try (OutputStream out = fileSystem.create(file, false)) {
          out.write(content);
        }
      }
      return true;
    } catch (FileAlreadyExistsException held) {
      return false;
    } catch (IOException failure) {
      if (storage.exists(file)) {
        return false;
      }
      throw failed(failure);
    }
  }

  private void replace(LockHolder holder) {
    String text = holder.toJson();
    try {
      FileSystem fileSystem = storage.fileSystem(file);
      if (createsAtomically()
          || fileSystem.hasPathCapability(file, CommonPathCapabilities.ABORTABLE_STREAM)) {
        storage.writeText(file, text);
        return;
      }
      // to rename, the old one would have to be deleted first: a moment in which the folder is free
      overwriting = true;
      try (OutputStream out = fileSystem.create(file, true)) {
        out.write(text.getBytes(StandardCharsets.UTF_8));
      }
      overwriting = false;
    } catch (IOException failure) {
      throw failed(failure);
    }
  }

  private StorageException failed(IOException failure) {
    return new StorageException(failure, "cannot write %s: %s", file, failure.getMessage());
  }

  private static void pause(Duration duration) {
    try {
      Thread.sleep(duration.toMillis());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Gives the lock back, if it was taken and is still this run's. */
  @Override
  public void close() {
    if (heart == null) {
      return;
    }
    heart.shutdown();
    try {
      heart.awaitTermination(renewEvery.toMillis(), TimeUnit.MILLISECONDS);
      giveBack();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } catch (UserException failure) {
      warnings.accept("lock not given back: " + failure.getMessage());
    }
    heart = null;
  }

  private synchronized void giveBack() {
    if (!isLeftByRenewal(find())) {
      requireHeld();
    }
    storage.delete(file);
  }
}
