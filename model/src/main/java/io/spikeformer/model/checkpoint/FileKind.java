package io.spikeformer.model.checkpoint;

import io.spikeformer.common.Text;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * The kind of a file of weights, by its first bytes and its name, so that a wrong one gets advice.
 */
public enum FileKind {
  CHECKPOINT("a checkpoint of this project"),
  TORCH("a PyTorch checkpoint"),
  TORCH_LEGACY("PyTorch's format from before version 1.6"),
  SAFETENSORS("a safetensors file"),
  ONNX("an ONNX file"),
  HDF5("an HDF5 file"),
  NUMPY("NumPy arrays"),
  KERAS("a Keras file"),
  OTHER("another");

  /** Bytes at the beginning of a file that tell the kinds apart; shorter files may have fewer. */
  public static final int BEGINNING = 512;

  // of the tar files that PyTorch wrote first
  private static final int TAR_MARK = 257;

  private final String label;

  FileKind(String label) {
    this.label = label;
  }

  /**
   * The kind of a file.
   *
   * @param start its first {@link #BEGINNING} bytes, or all of a shorter one
   * @param name its name or URI
   */
  public static FileKind of(byte[] start, String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (begins(start, 0, "SPKFCKPT")) {
      return CHECKPOINT;
    }
    if (begins(start, 0, "PK\003\004")) {
      return lower.endsWith(".npz") ? NUMPY : lower.endsWith(".keras") ? KERAS : TORCH;
    }
    if (begins(start, 2, "\u008a\nl\u00fc\u009cF\u00f9 j\u00a8P\u0019.")
        || begins(start, TAR_MARK, "ustar")) {
      return TORCH_LEGACY;
    }
    if (begins(start, 0, "\u0089HDF\r\n")) {
      return HDF5;
    }
    if (begins(start, 0, "\u0093NUMPY")) {
      return NUMPY;
    }
    if (lower.endsWith(".onnx")) {
      return ONNX;
    }
    boolean header =
        start.length > Long.BYTES
            && start[Long.BYTES] == '{'
            && ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN).getLong() > 0;
    return header ? SAFETENSORS : OTHER;
  }

  private static boolean begins(byte[] bytes, int offset, String mark) {
    byte[] expected = mark.getBytes(StandardCharsets.ISO_8859_1);
    return bytes.length >= offset + expected.length
        && Arrays.equals(bytes, offset, offset + expected.length, expected, 0, expected.length);
  }

  /** Its kind and the remedy, where a checkpoint was expected. */
  public String insteadOfCheckpoint(String source) {
    return label
        + switch (this) {
          case TORCH, TORCH_LEGACY, SAFETENSORS -> ": " + importCommand(source);
          case ONNX ->
              ", which only teach (--model) and a recipe's distillation.teacher read; weights come"
                  + " from PyTorch by import-torch";
          case HDF5, NUMPY, KERAS ->
              ", which no command takes weights of: save them with torch.save or as safetensors"
                  + " under the names in docs/pytorch.md, and give the file to import-torch";
          case CHECKPOINT, OTHER -> "";
        };
  }

  private static String importCommand(String source) {
    boolean remote = source.contains("://") && !source.startsWith("file:");
    String local =
        remote
            ? source.substring(source.lastIndexOf('/') + 1)
            : source.replaceFirst("^file:/+", "/");
    return (remote ? "copy it to this machine and make" : "make")
        + " a checkpoint of it with jobs/spikeformer import-torch --input "
        + Text.shellWord(local)
        + " --preset NAME --output "
        + Text.shellWord(stem(local) + CheckpointFormat.EXTENSION)
        + ", where NAME is its architecture (15M, 31M, 55M; or --recipe FILE instead)";
  }

  /** Its kind and the remedy, where PyTorch's weights were expected. */
  public String insteadOfWeights(String source) {
    return switch (this) {
      case CHECKPOINT -> label + ", which needs no import: give it to --model";
      case TORCH_LEGACY ->
          label
              + ": if you trust it, save it again with python3 -c \"import torch;"
              + " torch.save(torch.load('"
              + source
              + "', map_location='cpu'), '"
              + stem(source)
              + "-zip.pth')\" and import "
              + stem(source)
              + "-zip.pth";
      case OTHER, TORCH, SAFETENSORS -> "neither";
      case ONNX, HDF5, NUMPY, KERAS ->
          label + ": save the model's weights with torch.save(model.state_dict(), FILE) instead";
    };
  }

  private static String stem(String file) {
    return file.replaceFirst("(\\.(pth|pt|bin|ckpt|tar|safetensors))+$", "");
  }
}
