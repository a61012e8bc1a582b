package io.spikeformer.train.watch;

import io.spikeformer.common.StorageException;
import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.storage.Storage;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.CommonPathCapabilities;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The records of a training's rounds, kept so that it agrees with the checkpoints whenever the
 * training was killed.
 *
 * <p>Where the file system can append, it is one file, to which every piece is added at once; on
 * resume it is cut back to the checkpoint. Elsewhere, as on object stores, every checkpoint is
 * preceded by a file of its own, NAME-STEP.EXTENSION, that holds the pieces since the one before.
 * On resume those of later checkpoints are deleted.
 *
 * <p>A piece that cannot be written is reported once and written with the next one: a training does
 * not end for that.
 */
final class Journal {
  private final Storage storage;
  private final Path folder;
  private final Name name;
  private final Pieces pieces;
  private final Consumer<String> warnings;
  private final boolean appends;
  private final ByteArrayOutputStream pending = new ByteArrayOutputStream();
  private long written;
  private boolean failed;

  /** Parts of the files' names; the extension begins with a dot or is empty. */
  record Name(String base, String extension) {
    String whole() {
      return base + extension;
    }

    String until(long step) {
      return Text.format("%s-%012d%s", base, step, extension);
    }

    /** The step in a file's name, or -1 if it is none of these files. */
    long step(String file) {
      Matcher matcher =
          Pattern.compile(Pattern.quote(base) + "-(\\d{12})" + Pattern.quote(extension))
              .matcher(file);
      return matcher.matches() ? Long.parseLong(matcher.group(1)) : -1;
    }
  }

  Journal(Storage storage, Path folder, Name name, Pieces pieces, Consumer<String> warnings) {
    this.storage = storage;
    this.folder = folder;
    this.name = name;
    this.pieces = pieces;
    this.warnings = warnings;
    this.appends = appends(storage, folder);
  }

  private static boolean appends(Storage storage, Path folder) {
    try {
      FileSystem fileSystem = storage.fileSystem(folder);
      return fileSystem.hasPathCapability(folder, CommonPathCapabilities.FS_APPEND);
    } catch (IOException | IllegalArgumentException unknown) {
      return false;
    }
  }

  /** Whether pieces are in the file as soon as they are added. */
  boolean appends() {
    return appends;
  }

  /**
   * Begins, or goes on after a checkpoint.
   *
   * @param step of the checkpoint, 0 at the beginning; later pieces are dropped
   * @param kept receives the pieces that stay, in order
   */
  void open(long step, Consumer<byte[]> kept) {
    if (appends) {
      cut(step, kept);
      return;
    }
    for (FileStatus status : storage.list(folder)) {
      long last = name.step(status.getPath().getName());
      if (last > step) {
        storage.delete(status.getPath());
      } else if (last >= 0) {
        try (InputStream in = new BufferedInputStream(storage.open(status.getPath()))) {
          keep(in, pieces.next(in), step, kept::accept);
        } catch (IOException failure) {
          throw new StorageException(failure, "cannot read %s: %s", status.getPath(), failure);
        }
      }
    }
  }

  private void cut(long step, Consumer<byte[]> kept) {
    Path file = new Path(folder, name.whole());
    boolean there = storage.exists(file);
    storage.write(
        file,
        out -> {
          if (!there) {
            out.write(pieces.header());
            return;
          }
          try (InputStream in = new BufferedInputStream(storage.open(file))) {
            byte[] first = pieces.next(in);
            boolean begins = first != null && pieces.step(first) < 0;
            out.write(begins ? first : pieces.header());
            keep(
                in,
                first,
                step,
                piece -> {
                  out.write(piece);
                  kept.accept(piece);
                });
          }
        });
    written = storage.status(file).map(FileStatus::getLen).orElse(0L);
  }

  /** Takes a piece. */
  @FunctionalInterface
  private interface Receiver {
    void accept(byte[] piece) throws IOException;
  }

  /** Passes on the whole pieces up to a step, from a first one on, without headers. */
  private void keep(InputStream in, byte[] first, long step, Receiver receiver) throws IOException {
    byte[] piece = first;
    while (piece != null && pieces.step(piece) <= step) {
      pieces.kept(piece);
      if (pieces.step(piece) >= 0) {
        receiver.accept(piece);
      }
      piece = pieces.next(in);
    }
  }

  /** Adds a piece. */
  void add(byte[] piece) {
    if (!appends && pending.size() == 0) {
      pending.writeBytes(pieces.header());
    }
    pending.writeBytes(piece);
    if (appends) {
      tryTo(() -> append(new Path(folder, name.whole())));
    }
  }

  /**
   * A checkpoint comes next: what was added is to be in a file before.
   *
   * @param step of the checkpoint
   */
  void checkpoint(long step) {
    if (pending.size() == 0) {
      return;
    }
    if (appends) {
      tryTo(() -> append(new Path(folder, name.whole())));
    } else {
      tryTo(() -> storage.write(new Path(folder, name.until(step)), pending::writeTo));
    }
  }

  private void tryTo(Runnable writing) {
    try {
      writing.run();
      written += pending.size();
      pending.reset();
      failed = false;
    } catch (UserException failure) {
      if (!failed) {
        warnings.accept(
            Text.format(
                "%s in %s: cannot be written now, will be tried again: %s",
                name.whole(), folder, failure.getMessage()));
      }
      failed = true;
    }
  }

  private void append(Path file) {
    if (failed) {
      // nobody knows how much of the last attempt has arrived
      storage.write(
          file,
          out -> {
            try (InputStream in = storage.open(file)) {
              copy(in, out);
            }
            pending.writeTo(out);
          });
      return;
    }
    storage.append(file, pending::writeTo);
  }

  private void copy(InputStream in, OutputStream out) throws IOException {
    byte[] buffer = new byte[1 << 16];
    long left = written;
    while (left > 0) {
      int read = in.readNBytes(buffer, 0, (int) Math.min(buffer.length, left));
      if (read == 0) {
        throw new IOException("expected " + written + " bytes, found " + (written - left));
      }
      out.write(buffer, 0, read);
      left -= read;
    }
  }
}
