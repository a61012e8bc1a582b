package io.spikeformer.common;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuildTest {
  private static final String MEMBER = "io.spikeformer.common.Check";
  private static final String OTHER = "io/spikeformer/common/Other.class";

  @TempDir private Path folder;
  private String expected;

  @BeforeEach
  void copyTheClasses() throws IOException, ReflectiveOperationException {
    copy(folder.resolve("same"));
    expected = identity(folder.resolve("same"));
  }

  @Test
  void equalClassesHaveTheSameIdentityInAFolderAndInAJar() throws Exception {
    Path jar = folder.resolve("classes.jar");
    try (FileSystem files =
        FileSystems.newFileSystem(URI.create("jar:" + jar.toUri()), Map.of("create", "true"))) {
      copy(files.getPath("/"));
      Files.writeString(files.getPath("/another.class"), "of no module of the product");
    }

    assertThat(expected).matches("[0-9a-f]{12}");
    assertThat(identity(jar)).isEqualTo(expected);
  }

  @Test
  void aChangedAddedOrMissingClassIsAnotherBuild() throws Exception {
    Path changed = folder.resolve("changed");
    copy(changed);
    Files.write(changed.resolve("io/spikeformer/common/Text.class"), new byte[] {1, 2, 3});
    Path added = folder.resolve("added");
    copy(added);
    Files.write(added.resolve(OTHER), new byte[] {1});
    Path missing = folder.resolve("missing");
    copy(missing);
    Files.delete(missing.resolve("io/spikeformer/common/Text.class"));

    assertThat(new String[] {identity(changed), identity(added), identity(missing)})
        .doesNotHaveDuplicates()
        .doesNotContain(expected);
  }

  private static void copy(Path target) throws IOException {
    for (Class<?> member : new Class<?>[] {Build.class, Check.class, Text.class}) {
      String name = member.getName().replace('.', '/') + ".class";
      Path file = target.resolve(name);
      Files.createDirectories(file.getParent());
      try (var bytes = member.getResourceAsStream("/" + name)) {
        Files.copy(bytes, file);
      }
    }
  }

  private static String identity(Path place) throws IOException, ReflectiveOperationException {
    URL[] urls = {place.toUri().toURL()};
    try (URLClassLoader loader = new URLClassLoader(urls, null)) {
      return Build.of(List.of(Class.forName(MEMBER, false, loader)));
    }
  }
}
