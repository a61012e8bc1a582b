package io.spikeformer.data.output;

import io.spikeformer.data.storage.Storage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Locale;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/** Tells files apart by how they begin. */
final class FileKinds {
  private static final int HEAD_BYTES = 512;
  private static final String TORCH_PICKLE = "/data.pkl";

  /** Of checkpoints, damaged ones too. */
  static final String MODEL_ENDING = ".spkf";

  private FileKinds() {}

  /** The kind of a file. */
  static PlaceContent of(Storage storage, FileStatus file) {
    Path path = file.getPath();
    if (storage.fileSystem(path) instanceof RawLocalFileSystem local
        && !Files.isRegularFile(local.pathToFile(path).toPath())) {
      // reading a pipe would wait for ever
      return PlaceContent.DEVICE;
    }
    if (path.getName().endsWith(MODEL_ENDING)) {
      return PlaceContent.CHECKPOINT;
    }
    return file.getLen() == 0 ? PlaceContent.EMPTY_FILE : of(head(storage, path));
  }

  private static byte[] head(Storage storage, Path path) {
    try (InputStream stream = storage.open(path)) {
      return stream.readNBytes(HEAD_BYTES);
    } catch (IOException failure) {
      throw Storage.unreadable(path, failure);
    }
  }

  private static PlaceContent of(byte[] head) {
    String text = new String(head, StandardCharsets.ISO_8859_1);
    if (text.startsWith("SPKFCKPT")) {
      return PlaceContent.CHECKPOINT;
    } else if (text.startsWith("PAR1")) {
      return PlaceContent.PARQUET;
    } else if (text.startsWith("\u0093NUMPY")) {
      return PlaceContent.ARRAY;
    } else if (text.startsWith("\u0089PNG\r\n")) {
      return PlaceContent.PICTURE;
    } else if (text.startsWith("PK\3\4") && text.contains(TORCH_PICKLE) || isSafetensors(head)) {
      return PlaceContent.WEIGHTS;
    }
    return text.chars().allMatch(FileKinds::isOfText) ? ofText(text) : PlaceContent.OTHER_FILE;
  }

  /** The length of a JSON header, then the header. */
  private static boolean isSafetensors(byte[] head) {
    int prefix = Long.BYTES;
    if (head.length <= prefix || head[prefix] != '{') {
      return false;
    }
    long header = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getLong();
    return header > 0 && header <= Integer.MAX_VALUE;
  }

  private static boolean isOfText(int unit) {
    return unit >= ' ' || unit == '\n' || unit == '\r' || unit == '\t';
  }

  private static PlaceContent ofText(String text) {
    String begin = text.replaceFirst("^\u00ef\u00bb\u00bf", "").stripLeading();
    String lower = begin.toLowerCase(Locale.ROOT);
    if (lower.startsWith("<!doctype html") || lower.startsWith("<html")) {
      return PlaceContent.PAGE;
    }
    return begin.startsWith("{") || begin.startsWith("[") ? PlaceContent.JSON : PlaceContent.TEXT;
  }
}
