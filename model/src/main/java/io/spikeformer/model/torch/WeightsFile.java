package io.spikeformer.model.torch;

import io.spikeformer.model.ModelException;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/** A file with named tensors. Opening it reads names and shapes, and runs nothing. */
interface WeightsFile extends AutoCloseable {
  /** Bytes that tell the formats apart: those of the longest mark, ustar at 257. */
  int BEGINNING = 512;

  /** The tensors by name, in the file's order. */
  Map<String, StoredTensor> tensors();

  /** What {@link ModelExport} wrote beside the tensors, if this project wrote the file. */
  Optional<String> description();

  /** The bytes of a tensor's storage. */
  ByteBuffer storage(StoredTensor tensor);

  @Override
  void close();

  /**
   * Opens a PyTorch or a safetensors file.
   *
   * @throws ModelException in one line if it is none, is damaged or contains what is not read
   */
  static WeightsFile open(Path file) {
    byte[] start;
    long length;
    try (InputStream in = Files.newInputStream(file)) {
      start = in.readNBytes(BEGINNING);
      length = Files.size(file);
    } catch (IOException e) {
      throw new ModelException(
          "weights " + file + ": expected a file that can be read, found none: " + e, e);
    }
    if (begins(start, 0, "PK\003\004")) {
      return TorchArchive.open(file);
    }
    if (isSafetensors(start, length)) {
      return SafetensorsFile.open(file);
    }
    throw new ModelException(
        "weights "
            + file
            + ": expected a PyTorch checkpoint in the zip format or a safetensors file, found "
            + (isLegacy(start)
                ? "PyTorch's format from before version 1.6: load it with a current PyTorch, if you"
                    + " trust it, and save its weights again with torch.save(weights, FILE)"
                : "neither"));
  }

  /** The error of a file whose bytes cannot be read. */
  static ModelException unreadable(Path file, IOException cause) {
    return new ModelException("weights " + file + ": cannot be read: " + cause.getMessage(), cause);
  }

  /** Closes what a file was opened with, if it was. */
  static void close(Closeable source) {
    try {
      if (source != null) {
        source.close();
      }
    } catch (IOException e) {
      throw new ModelException("weights: cannot be closed: " + e.getMessage(), e);
    }
  }

  private static boolean isSafetensors(byte[] start, long length) {
    if (start.length <= Long.BYTES) {
      return false;
    }
    long header = ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN).getLong();
    return start[Long.BYTES] == '{' && header > 0 && header <= length;
  }

  /** The magic number that begins the old pickle sequence, or a tar file. */
  private static boolean isLegacy(byte[] start) {
    return begins(start, 2, "\u008a\nl\u00fc\u009cF\u00f9 j\u00a8P\u0019.")
        || begins(start, 257, "ustar");
  }

  private static boolean begins(byte[] bytes, int offset, String mark) {
    byte[] expected = mark.getBytes(StandardCharsets.ISO_8859_1);
    return bytes.length >= offset + expected.length
        && Arrays.equals(bytes, offset, offset + expected.length, expected, 0, expected.length);
  }
}
