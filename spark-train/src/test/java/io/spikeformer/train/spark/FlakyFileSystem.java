package io.spikeformer.train.spark;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Paths;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.util.Progressable;

/**
 * Local files under {@code flaky:} with faults that the configuration names, each a given number of
 * times for all processes together; then all is well.
 */
public final class FlakyFileSystem extends RawLocalFileSystem {
  /** Configuration key of the folder in which faults are noted, for all processes. */
  static final String NOTES = "flaky.notes";

  /**
   * Configuration key of the faults, separated by semicolons: OPERATION,NAME,FAULT,TIMES. The
   * operation is open or create, the name a part of the file's, the fault fail, break (as a mistake
   * in a program would), full (after a few bytes), kill (the whole process), wait (for 15 s) or
   * hold (until there is a file {@link #GO} beside the notes, 15 s at most).
   */
  static final String FAULTS = "flaky.faults";

  /** Name of the file that ends the fault hold. */
  static final String GO = "go";

  private static final URI NAME = URI.create("flaky:///");
  private static final int ROOM = 1000;
  private static final long WAIT = 15_000;
  private static final long STEP = 10;

  @Override
  public URI getUri() {
    return NAME;
  }

  @Override
  public FSDataInputStream open(Path file, int bufferSize) throws IOException {
    fault("open", file);
    return super.open(file, bufferSize);
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
    boolean full = fault("create", file);
    FSDataOutputStream stream =
        super.create(file, overwrite, bufferSize, replication, blockSize, progress);
    return full ? new FSDataOutputStream(new FullDisk(stream), null) : stream;
  }

  /** Lets the next fault happen that is meant for the file; returns whether the disk is full. */
  private boolean fault(String operation, Path file) throws IOException {
    String[] faults = getConf().get(FAULTS, "").split(";");
    for (int i = 0; i < faults.length; i++) {
      String[] parts = faults[i].split(",");
      boolean meant =
          parts.length == 4 && parts[0].equals(operation) && file.getName().contains(parts[1]);
      if (meant && isDue(i + "-" + parts[2], Integer.parseInt(parts[3]))) {
        switch (parts[2]) {
          case "fail" -> throw new IOException("the disk is not ready");
          case "break" -> throw new IllegalStateException("nobody\nexpected this");
          case "kill" -> Kill.thisProcess();
          case "wait" -> pause(WAIT);
          case "hold" -> hold();
          default -> {
            return true;
          }
        }
      }
    }
    return false;
  }

  private boolean isDue(String fault, int times) throws IOException {
    for (int time = 1; time <= times; time++) {
      try {
        Files.createFile(Paths.get(getConf().get(NOTES), fault + "-" + time));
        return true;
      } catch (FileAlreadyExistsException used) {
        // the next one
      }
    }
    return false;
  }

  private void hold() throws IOException {
    for (long left = WAIT; left > 0 && !Files.exists(go()); left -= STEP) {
      pause(STEP);
    }
  }

  private java.nio.file.Path go() {
    return Paths.get(getConf().get(NOTES), GO);
  }

  private static void pause(long milliseconds) throws IOException {
    try {
      Thread.sleep(milliseconds);
    } catch (InterruptedException e) {
      throw new IOException("interrupted", e);
    }
  }

  /** Takes a few bytes and no more. */
  private static final class FullDisk extends FilterOutputStream {
    private int left = ROOM;

    FullDisk(OutputStream out) {
      super(out);
    }

    @Override
    public void write(int value) throws IOException {
      if (--left < 0) {
        throw new IOException("No space left on device");
      }
      super.write(value);
    }
  }
}
