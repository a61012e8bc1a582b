package io.spikeformer.data.source;

import io.spikeformer.data.storage.Storage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.io.TempDir;

/** Class folders in any form, written and read back. */
abstract class ClassInputsLab {
  final Storage storage = new Storage(new Configuration());
  @TempDir Path folder;

  void write(String input, String... paths) throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    for (String path : paths) {
      files.put(path, bytes(path));
    }
    TestInputs.write(folder.resolve(input), files);
  }

  void labels(String... lines) throws IOException {
    Files.writeString(folder.resolve("labels.csv"), "id,label\n" + String.join("\n", lines) + "\n");
  }

  void put(String input, byte[] tar) throws IOException {
    Files.write(folder.resolve(input), input.endsWith(".tar") ? tar : gzip(tar));
  }

  /** An archive of files that hold their names, with a record of content each. */
  static byte[] tar(String... names) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TestArchive tar = new TestArchive(bytes)) {
      for (String name : names) {
        tar.file(name, bytes(name));
      }
    }
    return bytes.toByteArray();
  }

  /** The same archive with another number of zeros at its end. */
  static byte[] withZeros(byte[] tar, int zeros) {
    int end = tar.length;
    while (tar[end - 1] == 0) {
      end--;
    }
    int records = (end + 511) / 512;
    return Arrays.copyOf(tar, records * 512 + zeros);
  }

  static byte[] gzip(byte[] content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(content);
    }
    return bytes.toByteArray();
  }

  Dataset open(String input, String split) {
    return Datasets.open(storage, spec(input, split));
  }

  Dataset labelled(String input, String split) {
    String labels = folder.resolve("labels.csv").toString();
    return Datasets.open(storage, spec(input, split).with(ImageNet.LABELS, labels));
  }

  DatasetSpec spec(String input, String split) {
    return DatasetSpec.of(ImageNet.NAME, folder.resolve(input).toString(), split);
  }

  static Map<String, String> readAll(Dataset dataset) {
    Map<String, String> content = new TreeMap<>();
    for (SourcePart part : dataset.index().parts()) {
      try (SourceReader reader = dataset.read(part)) {
        while (reader.hasNext()) {
          SourceEntry entry = reader.next();
          content.put(entry.key(), new String(entry.read().content(), StandardCharsets.UTF_8));
        }
      }
    }
    return content;
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
