package io.spikeformer.model.torch;

import io.spikeformer.common.UserException;
import io.spikeformer.model.checkpoint.FileKind;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A file with named tensors. Opening it reads names and shapes, and runs nothing. */
interface WeightsFile extends AutoCloseable {
  /** The tensors by name, in the file's order. */
  Map<String, StoredTensor> tensors();

  /** The names that lead to the tensors in the file, joined by dots; empty for its top. */
  default String path() {
    return "";
  }

  /** Paths of others in the file that could be taken instead. */
  default List<String> others() {
    return List.of();
  }

  /** Python names in the file that are not on the list; their objects were passed over. */
  default Set<String> unlisted() {
    return Set.of();
  }

  /**
   * The description that {@link ModelExport} wrote beside the tensors, if this project wrote the
   * file.
   */
  Optional<String> description();

  /** The bytes of a tensor's storage. */
  ByteBuffer storage(StoredTensor tensor);

  @Override
  void close();

  /**
   * Opens a PyTorch or a safetensors file.
   *
   * @param weights path of the dict of tensors that is taken, or null for the usual one
   * @throws UserException in one line if it is none, is damaged or contains what is not read
   */
  static WeightsFile open(Path file, String weights) {
    byte[] start;
    try (InputStream in = Files.newInputStream(file)) {
      start = in.readNBytes(FileKind.BEGINNING);
    } catch (IOException e) {
      String found = Files.exists(file) ? "none: " + e.getMessage() : "nothing";
      throw new UserException(
          e, "weights %s: expected a file that can be read, found %s", file, found);
    }
    FileKind kind = FileKind.of(start, file.toString());
    if (kind == FileKind.TORCH) {
      return TorchArchive.open(file, weights);
    }
    if (kind == FileKind.SAFETENSORS) {
      if (weights != null) {
        throw new UserException(
            "weights %s: expected no --weights with a safetensors file, which holds one set of"
                + " tensors, found %s",
            file, weights);
      }
      return SafetensorsFile.open(file);
    }
    throw new UserException(
        "weights %s: expected a PyTorch checkpoint in the zip format or a safetensors file, found"
            + " %s",
        file, kind.insteadOfWeights(file.toString()));
  }

  /** The error of a file whose bytes cannot be read. */
  static UserException unreadable(Path file, IOException cause) {
    return new UserException(cause, "weights %s: cannot be read: %s", file, cause.getMessage());
  }

  /** Closes what a file was opened with, if it was. */
  static void close(Closeable source) {
    try {
      if (source != null) {
        source.close();
      }
    } catch (IOException e) {
      throw new UserException(e, "weights: cannot be closed: %s", e.getMessage());
    }
  }
}
