package io.spikeformer.data.segmentation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.common.UserException;
import io.spikeformer.data.files.DatasetFiles;
import io.spikeformer.data.sample.Rejection;
import io.spikeformer.data.storage.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabelledImagesTest {
  @TempDir Path folder;

  @BeforeEach
  void files() throws IOException {
    write("classes.txt", "sky\n\n grass \nroad");
    write("images/train/a.jpg", "");
    write("images/train/b.png", "");
    write("annotations/train/a.png", "");
    write("annotations/train/b.png", "");
  }

  private void write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private SegmentationIndex index(String split) {
    Storage storage = new Storage(new Configuration());
    return LabelledImages.index(
        DatasetFiles.of(storage, new org.apache.hadoop.fs.Path(folder.toString())), split);
  }

  @Test
  void imagesAndLabelImagesArePairedByName() throws IOException {
    write("images/train/alone.jpg", "");
    SegmentationIndex found = index("train");
    assertThat(found.classes()).containsExactly("sky", "grass", "road");
    assertThat(found.entries())
        .containsExactly(
            new SegmentationEntry("a", "images/train/a.jpg", "annotations/train/a.png"),
            new SegmentationEntry("b", "images/train/b.png", "annotations/train/b.png"));
    assertThat(found.rejected())
        .containsExactly(
            new Rejection("images/train/alone.jpg", "no label image annotations/train/alone.png"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          sky;grass;sky | , line 3: expected every class once, found 'sky' again
          ;             | : expected 1 to 255 classes, one a line, found 0
          """)
  void wrongListsOfClassesAreRefused(String lines, String message) throws IOException {
    write("classes.txt", lines.replace(';', '\n'));
    assertThatThrownBy(() -> index("train"))
        .isInstanceOf(UserException.class)
        .hasMessageEndingWith(message);
  }
}
