package io.spikeformer.data.segmentation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabelMapFilesTest {
  @ParameterizedTest
  @CsvSource({
    "ADE_val_00000001, ADE_val_00000001.png",
    "a/b.jpg, a/b.png",
    "a/b.JPEG, a/b.png",
    "b.png.png, b.png.png",
    ".png, %2Epng.png",
    "../x, %2E./x.png",
    "/etc/x, %/etc/x.png",
    "a:b%, a%3Ab%25.png",
    "2007_000032.v1, 2007_000032.v1.png",
    "straße/日本.jpg, straße/日本.png"
  })
  void namesKeepFoldersAndAreSafe(String key, String name) {
    assertThat(LabelMapFiles.name(key)).isEqualTo(name);
  }

  @Test
  void overlaysLieBesideTheMaps() {
    assertThat(LabelMapFiles.overlay("a/b.jpg")).isEqualTo("a/b-overlay.png");
    assertThat(LabelMapFiles.name("a\nb")).isEqualTo("a%0Ab.png");
  }
}
