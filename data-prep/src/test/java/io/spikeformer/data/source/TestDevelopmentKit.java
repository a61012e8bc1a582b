package io.spikeformer.data.source;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.zip.DeflaterOutputStream;

/** Writes ImageNet's development kit: MATLAB structs and the ground truth. */
final class TestDevelopmentKit {
  private static final int INT8 = 1;
  private static final int UINT8 = 2;
  private static final int UINT16 = 4;
  private static final int INT32 = 5;
  private static final int UINT32 = 6;
  private static final int DOUBLE = 9;
  private static final int MATRIX = 14;
  private static final int COMPRESSED = 15;
  private static final int FIELD_BYTES = 32;
  private static final List<String> FIELDS =
      List.of("ILSVRC2012_ID", "WNID", "words", "num_children", "children");

  private TestDevelopmentKit() {}

  /** Classes in the order of their ILSVRC2012_ID, and the ids of the images in their order. */
  static void write(Path archive, List<String> wordNetIds, List<Integer> truth) {
    try (TestArchive tar = new TestArchive(archive)) {
      tar.folder("ILSVRC2012_devkit_t12/data");
      tar.file("ILSVRC2012_devkit_t12/data/meta.mat", meta(wordNetIds));
      tar.file(
          "ILSVRC2012_devkit_t12/data/ILSVRC2012_validation_ground_truth.txt",
          truth.stream()
              .map(String::valueOf)
              .collect(Collectors.joining("\n", "", "\n"))
              .getBytes(StandardCharsets.US_ASCII));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** The classes and, after them, one inner node of the hierarchy. */
  static byte[] meta(List<String> wordNetIds) {
    return file(compressed(synsets(wordNetIds)));
  }

  /** The same without compression, as save -v6 writes it. */
  static byte[] plainMeta(List<String> wordNetIds) {
    return file(element(MATRIX, synsets(wordNetIds)));
  }

  /** A variable whose data are a number of zeros. */
  static byte[] zeros(int count) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    put(content, arrayHeader(6, "synsets", count, 1));
    put(content, element(UINT8, new byte[count]));
    return file(compressed(content.toByteArray()));
  }

  private static byte[] synsets(List<String> wordNetIds) {
    ByteArrayOutputStream structs = new ByteArrayOutputStream();
    put(structs, arrayHeader(2, "synsets", wordNetIds.size() + 1, 1));
    put(structs, element(INT32, ints(FIELD_BYTES)));
    ByteBuffer names = ByteBuffer.allocate(FIELD_BYTES * FIELDS.size());
    for (int i = 0; i < FIELDS.size(); i++) {
      names.position(i * FIELD_BYTES).put(FIELDS.get(i).getBytes(StandardCharsets.US_ASCII));
    }
    put(structs, element(INT8, names.array()));
    for (int i = 0; i < wordNetIds.size(); i++) {
      putSynset(structs, i + 1, wordNetIds.get(i), 0);
    }
    putSynset(structs, wordNetIds.size() + 1, "n99999999", 2);
    return structs.toByteArray();
  }

  /** Structs of any dimensions and field names, without content. */
  static byte[] structs(String names, int... dimensions) {
    ByteArrayOutputStream structs = new ByteArrayOutputStream();
    put(structs, arrayHeader(2, "synsets", dimensions));
    put(structs, element(INT32, ints(FIELD_BYTES)));
    put(structs, element(INT8, names.getBytes(StandardCharsets.US_ASCII)));
    return file(compressed(structs.toByteArray()));
  }

  private static byte[] compressed(byte[] matrix) {
    return tag(COMPRESSED, deflate(element(MATRIX, matrix)));
  }

  private static byte[] file(byte[] variable) {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    byte[] header = new byte[128];
    System.arraycopy("MATLAB 5.0 MAT-file".getBytes(StandardCharsets.US_ASCII), 0, header, 0, 19);
    header[125] = 1;
    header[126] = 'I';
    header[127] = 'M';
    put(file, header);
    put(file, element(MATRIX, array(4, "other", "text")));
    put(file, variable);
    return file.toByteArray();
  }

  private static void putSynset(ByteArrayOutputStream target, int id, String name, int children) {
    put(target, element(MATRIX, number(id)));
    put(target, element(MATRIX, array(4, "", name)));
    put(target, element(MATRIX, array(4, "", "a, few, words")));
    put(target, element(MATRIX, number(children)));
    put(target, element(MATRIX, empty()));
  }

  private static byte[] array(int arrayClass, String name, String text) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    put(content, arrayHeader(arrayClass, name, 1, text.length()));
    put(content, element(UINT16, text.getBytes(StandardCharsets.UTF_16LE)));
    return content.toByteArray();
  }

  /** A double that MATLAB stores in as few bytes as it needs, in the tag itself. */
  private static byte[] number(int value) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    put(content, arrayHeader(6, "", 1, 1));
    put(content, ints(2 << 16 | UINT16, value));
    return content.toByteArray();
  }

  private static byte[] empty() {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    put(content, arrayHeader(6, "", 0, 0));
    put(content, element(DOUBLE, new byte[0]));
    return content.toByteArray();
  }

  private static byte[] arrayHeader(int arrayClass, String name, int... dimensions) {
    ByteArrayOutputStream header = new ByteArrayOutputStream();
    put(header, element(UINT32, ints(arrayClass, 0)));
    put(header, element(INT32, ints(dimensions)));
    put(header, element(INT8, name.getBytes(StandardCharsets.US_ASCII)));
    return header.toByteArray();
  }

  private static byte[] element(int type, byte[] data) {
    ByteArrayOutputStream element = new ByteArrayOutputStream();
    put(element, tag(type, data));
    put(element, new byte[(8 - data.length % 8) % 8]);
    return element.toByteArray();
  }

  private static byte[] tag(int type, byte[] data) {
    ByteArrayOutputStream element = new ByteArrayOutputStream();
    put(element, ints(type, data.length));
    put(element, data);
    return element.toByteArray();
  }

  private static byte[] deflate(byte[] data) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflater = new DeflaterOutputStream(packed)) {
      deflater.write(data);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    return packed.toByteArray();
  }

  private static byte[] ints(int... values) {
    ByteBuffer buffer =
        ByteBuffer.allocate(Integer.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (int value : values) {
      buffer.putInt(value);
    }
    return buffer.array();
  }

  private static void put(ByteArrayOutputStream target, byte[] bytes) {
    target.write(bytes, 0, bytes.length);
  }
}
