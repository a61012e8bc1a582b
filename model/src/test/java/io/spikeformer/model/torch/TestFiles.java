package io.spikeformer.model.torch;

import io.spikeformer.model.block.ParameterLayout;
import io.spikeformer.model.checkpoint.Checkpoint;
import io.spikeformer.model.checkpoint.TrainingPosition;
import io.spikeformer.model.config.MetaSpikeFormerConfig;
import io.spikeformer.model.config.NetworkConfig;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/** Models and files to import, right ones and wrong ones. */
final class TestFiles {
  static final MetaSpikeFormerConfig SMALL =
      MetaSpikeFormerConfig.builder("small")
          .widths(8, 8, 8, 8)
          .depths(1, 1)
          .heads(2)
          .classes(5)
          .build();

  private TestFiles() {}

  static Checkpoint random(NetworkConfig config) {
    Random random = new Random(5);
    float[] state = new float[(int) ParameterLayout.of(config).length()];
    for (int i = 0; i < state.length; i++) {
      state[i] = random.nextFloat();
    }
    state[0] = Float.MIN_VALUE;
    return new Checkpoint(
        config, TrainingPosition.START, "seed: 7\n", "", List.of(), state, List.of());
  }

  static Path export(Checkpoint checkpoint, ModelExport.Format format, Path file)
      throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      ModelExport.write(checkpoint, format, out);
    }
    return file;
  }

  /** The entries of a zip file, to be changed and written again. */
  static Map<String, byte[]> entries(Path file) throws IOException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    try (ZipFile zip = new ZipFile(file.toFile())) {
      for (ZipEntry entry : zip.stream().toList()) {
        entries.put(entry.getName(), zip.getInputStream(entry).readAllBytes());
      }
    }
    return entries;
  }

  static Path zip(Path file, Map<String, byte[]> entries) throws IOException {
    return zip(file, entries, ZipEntry.STORED);
  }

  static Path zip(Path file, Map<String, byte[]> entries, int method) throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      for (Map.Entry<String, byte[]> content : entries.entrySet()) {
        ZipEntry entry = new ZipEntry(content.getKey());
        CRC32 crc = new CRC32();
        crc.update(content.getValue());
        entry.setMethod(method);
        entry.setSize(content.getValue().length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(content.getValue());
      }
    }
    return file;
  }

  /** Opcodes as text, one char a byte. */
  static byte[] pickle(String opcodes) {
    return opcodes.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** A checkpoint that consists of a pickle and one storage of 16 bytes. */
  static Path archive(Path file, String opcodes) throws IOException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    entries.put("archive/data.pkl", pickle(opcodes));
    entries.put("archive/data/0", new byte[16]);
    return zip(file, entries);
  }

  /**
   * The tensors of a model as the content of a dict, to follow a mark: names and float32 tensors,
   * each in a storage of its own called after a letter.
   */
  static String tensors(NetworkConfig config, String prefix, String letter) {
    StringBuilder opcodes = new StringBuilder();
    int index = 0;
    for (TorchNames.Named named : TorchNames.of(config)) {
      int[] shape = named.shape().stream().mapToInt(Long::intValue).toArray();
      int[] strides = new int[shape.length];
      int elements = 1;
      for (int i = shape.length - 1; i >= 0; i--) {
        strides[i] = elements;
        elements *= shape[i];
      }
      opcodes
          .append(text(prefix + named.name()))
          .append(
              tensor("FloatStorage", letter + index++, elements, 0, tuple(shape), tuple(strides)));
    }
    return opcodes.toString();
  }

  /** A checkpoint that consists of a pickle and the storages of states, called after letters. */
  static Path archive(Path file, String opcodes, Map<String, Checkpoint> states)
      throws IOException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    entries.put("archive/data.pkl", pickle(opcodes));
    for (Map.Entry<String, Checkpoint> state : states.entrySet()) {
      int index = 0;
      for (TorchNames.Named named : TorchNames.of(state.getValue().config())) {
        entries.put(
            "archive/data/" + state.getKey() + index++,
            ModelExport.bytes(named, state.getValue().state()));
      }
    }
    return zip(file, entries);
  }

  /** A text of a pickle. */
  static String text(String text) {
    return "X" + (char) text.length() + "\0\0\0" + text;
  }

  /**
   * A tensor of a pickle: storage 0 of so many elements, offset, and one-byte sizes and strides.
   */
  static String tensor(String storage, int elements, int offset, String sizes, String strides) {
    return tensor(storage, "0", elements, offset, sizes, strides);
  }

  /** The same in a storage of another name. */
  static String tensor(
      String type, String storage, int elements, int offset, String sizes, String strides) {
    return "ctorch._utils\n_rebuild_tensor_v2\n(("
        + text("storage")
        + "ctorch\n"
        + type
        + "\n"
        + text(storage)
        + text("cpu")
        + number(elements)
        + "tQ"
        + number(offset)
        + sizes
        + strides
        + "\u0089ccollections\nOrderedDict\n)RtR";
  }

  static String number(int value) {
    return "J"
        + (char) (value & 0xff)
        + (char) (value >> 8 & 0xff)
        + (char) (value >> 16 & 0xff)
        + (char) (value >>> 24);
  }

  /** A tuple of numbers. */
  static String tuple(int... numbers) {
    StringBuilder tuple = new StringBuilder("(");
    for (int number : numbers) {
      tuple.append(number(number));
    }
    return tuple.append("t").toString();
  }
}
