package io.spikeformer.natives;

import com.github.luben.zstd.ZstdInputStream;
import com.github.luben.zstd.ZstdOutputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Files in one Zstandard frame with a window of 128 MiB. Native libraries of templates repeat
 * themselves over longer distances than a jar's own compression sees.
 *
 * <p>The content is, for each file, its name (modified UTF-8) and its bytes in chunks: a length of
 * four bytes, big-endian, and that many bytes; a length of 0 ends the file. An empty name ends the
 * archive.
 */
final class NativeArchive {
  private static final int LEVEL = 12;
  private static final int WINDOW_LOG = 27;
  private static final int CHUNK = 1 << 16;

  private NativeArchive() {}

  /** Adds files one after the other. */
  static final class Writer implements AutoCloseable {
    private final DataOutputStream out;

    Writer(OutputStream out) throws IOException {
      ZstdOutputStream compressed = new ZstdOutputStream(out, LEVEL);
      compressed.setLong(WINDOW_LOG);
      compressed.setChecksum(true);
      this.out = new DataOutputStream(new BufferedOutputStream(compressed, CHUNK));
    }

    /**
     * Adds a file.
     *
     * @param name of its own, without folders
     */
    void add(String name, InputStream content) throws IOException {
      out.writeUTF(name);
      byte[] chunk = new byte[CHUNK];
      for (int n = content.read(chunk); n >= 0; n = content.read(chunk)) {
        if (n > 0) {
          out.writeInt(n);
          out.write(chunk, 0, n);
        }
      }
      out.writeInt(0);
    }

    @Override
    public void close() throws IOException {
      out.writeUTF("");
      out.close();
    }
  }

  /**
   * Writes every file of an archive into a folder.
   *
   * @throws IOException if the archive is damaged or cut off, or the folder cannot be written
   */
  static void unpack(InputStream archive, Path folder) throws IOException {
    ZstdInputStream plain = new ZstdInputStream(archive);
    plain.setLongMax(WINDOW_LOG);
    try (DataInputStream in = new DataInputStream(plain)) {
      for (String name = in.readUTF(); !name.isEmpty(); name = in.readUTF()) {
        if (name.indexOf('/') >= 0) {
          throw new IOException("expected names without folders, found " + name);
        }
        try (OutputStream file = Files.newOutputStream(folder.resolve(name))) {
          copy(in, file);
        }
      }
    }
  }

  private static void copy(DataInputStream in, OutputStream file) throws IOException {
    byte[] chunk = new byte[CHUNK];
    for (int length = in.readInt(); length != 0; length = in.readInt()) {
      if (length < 0 || length > CHUNK) {
        throw new EOFException("expected a chunk of at most " + CHUNK + " bytes");
      }
      in.readFully(chunk, 0, length);
      file.write(chunk, 0, length);
    }
  }
}
