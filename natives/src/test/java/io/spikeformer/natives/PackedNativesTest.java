package io.spikeformer.natives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PackedNativesTest {
  private static final String DNNL = "org/bytedeco/dnnl/linux-x86_64/libdnnl.so.3";
  private static final byte[] LARGE = bytes(1_000_003);
  private static final byte[] SMALL = bytes(5);

  @TempDir private Path folder;
  private Path jar;

  @BeforeEach
  void packs() throws IOException {
    jar = folder.resolve("job.jar");
    NativesTransformer transformer = new NativesTransformer();
    assertThat(transformer.hasTransformedResource()).isFalse();
    add(transformer, DNNL, LARGE);
    add(transformer, "org/bytedeco/dnnl/linux-x86_64/libgomp.so.1", SMALL);
    add(transformer, "org/nd4j/bindings/linux-x86_64-avx2/libgomp.so.1", bytes(7));
    add(transformer, "org/nd4j/bindings/linux-x86_64-avx2/libempty.so", new byte[0]);
    assertThat(transformer.hasTransformedResource()).isTrue();
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file)) {
      transformer.modifyOutputStream(out);
    }
  }

  @Test
  void librariesArePackedAndOthersAreNot() {
    NativesTransformer transformer = new NativesTransformer();
    assertThat(List.of(DNNL, "org/nd4j/bindings/linux-x86_64-avx2/libnd4jcpu.so"))
        .allMatch(transformer::canTransformResource);
    assertThat(
            List.of(
                "org/bytedeco/javacpp/linux-x86_64/libjnijavacpp.so",
                "ai/onnxruntime/native/linux-x64/libonnxruntime.so",
                "org/bytedeco/dnnl/linux-x86_64/include/dnnl.h"))
        .noneMatch(transformer::canTransformResource);
  }

  @Test
  void theyAreUnpackedOnceAsTheyWere() throws IOException {
    try (JarFile file = new JarFile(jar.toFile());
        URLClassLoader loader = loader()) {
      assertThat(file.stream().map(Object::toString))
          .containsExactly(PackedNatives.ARCHIVE, PackedNatives.DIGEST);
      Path found = PackedNatives.unpacked(loader, folder);
      assertThat(found.resolve("libdnnl.so.3")).hasBinaryContent(LARGE);
      assertThat(found.resolve("libgomp.so.1")).as("the first of a name").hasBinaryContent(SMALL);
      assertThat(found.resolve("libempty.so")).isEmptyFile();

      Files.delete(found.resolve("libempty.so"));
      assertThat(PackedNatives.unpacked(loader, folder)).isEqualTo(found);
      assertThat(found.resolve("libempty.so")).doesNotExist();
    }
  }

  @Test
  void anUnfinishedFolderIsBegunAgain() throws IOException {
    try (URLClassLoader loader = loader()) {
      Path found = PackedNatives.unpacked(loader, folder);
      Path unfinished = folder.resolve(found.getFileName() + ".unfinished");
      Files.move(found, unfinished);
      Files.write(unfinished.resolve("libother.so"), SMALL);
      assertThat(PackedNatives.unpacked(loader, folder).resolve("libother.so")).doesNotExist();
      assertThat(unfinished).doesNotExist();
    }
  }

  @Test
  void aDamagedArchiveLeavesNoFolder() throws IOException {
    try (URLClassLoader whole = loader()) {
      byte[] archive = whole.getResourceAsStream(PackedNatives.ARCHIVE).readAllBytes();
      Path out = Files.createDirectories(folder.resolve("out"));
      byte[] cut = Arrays.copyOf(archive, archive.length / 2);
      assertThatThrownBy(() -> NativeArchive.unpack(new ByteArrayInputStream(cut), out))
          .isInstanceOf(IOException.class);
      archive[archive.length / 2] ^= 1;
      assertThatThrownBy(() -> NativeArchive.unpack(new ByteArrayInputStream(archive), out))
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void withoutAnArchiveNothingHappens() {
    String property = "org.bytedeco.javacpp.platform.preloadpath";
    String before = System.getProperty(property);
    PackedNatives.unpack();
    assertThat(System.getProperty(property)).isEqualTo(before);
  }

  private URLClassLoader loader() throws IOException {
    return new URLClassLoader(new URL[] {jar.toUri().toURL()}, null);
  }

  private static void add(NativesTransformer transformer, String name, byte[] content)
      throws IOException {
    transformer.processResource(name, new ByteArrayInputStream(content), List.of(), 0);
  }

  private static byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }
}
