package io.spikeformer.data.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.common.UserException;
import io.spikeformer.data.sample.Rejection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Class folders and labelled images, by one rule in whatever form they come. */
class ClassInputsTest extends ClassInputsLab {
  @ParameterizedTest
  @ValueSource(
      strings = {"in", "in.tar", "IN.TAR", "in.tar.gz", "IN.Tar.GZ", "in.TGZ", "in.zip", "IN.ZIP"})
  void acceptedRejectedAndIgnoredAreAllFilesOfTheSplit(String input) throws Exception {
    write(
        input,
        "train/cat/1.jpg",
        "train/dog/2.jpg",
        "train/dog/more/3.jpg",
        "train/eel/deep/4.jpg",
        "train/readme.txt",
        "train/cat/._1.jpg",
        "train/cat/.DS_Store",
        "train/dog/Thumbs.db",
        "train/__MACOSX/cat/1.jpg",
        "train/.cache/a/b.jpg",
        "val/cat/9.jpg");

    SourceIndex index = open(input, "train").index();

    assertThat(index.classes()).containsExactly("cat", "dog", "eel");
    assertThat(index.rejected())
        .containsExactlyInAnyOrder(
            new Rejection("train/dog/more/3.jpg", "not a file in a class folder"),
            new Rejection("train/eel/deep/4.jpg", "not a file in a class folder"),
            new Rejection("train/readme.txt", "not a file in a class folder"));
    assertThat(index.ignored()).isEqualTo(5);
    assertThat(index.files() + index.ignored()).isEqualTo(10);
    assertThat(index.files()).isEqualTo(2 + index.rejected().size());
    assertThat(readAll(open(input, "train")))
        .isEqualTo(Map.of("cat/1.jpg", "train/cat/1.jpg", "dog/2.jpg", "train/dog/2.jpg"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"in", "in.tar", "in.tar.gz", "in.zip"})
  void labelsApplyWhereverAnImageLies(String input) throws Exception {
    write(
        input,
        "ILSVRC2012_img_val/p1.png",
        "p2.png",
        "x/y/p3.png",
        "b/p4.png",
        "a/plain.png",
        "z/other.png",
        "lost.png",
        "x/y/.p5.png");
    labels("p1,a", "p2,b", "p3,b", "p4,a", "p5,a");

    Dataset dataset = labelled(input, "val");
    SourceIndex index = dataset.index();

    assertThat(index.classes()).containsExactly("a", "b");
    assertThat(readAll(dataset))
        .isEqualTo(
            Map.of(
                "a/p1.png", "ILSVRC2012_img_val/p1.png",
                "b/p2.png", "p2.png",
                "b/p3.png", "x/y/p3.png",
                "a/p4.png", "b/p4.png",
                "a/plain.png", "a/plain.png"));
    assertThat(index.rejected())
        .containsExactlyInAnyOrder(
            new Rejection("lost.png", "no label in labels.csv"),
            new Rejection("z/other.png", "no label in labels.csv, and no class named z"));
    assertThat(index.ignored()).isEqualTo(1);
    assertThat(index.files()).isEqualTo(7);
  }

  @ParameterizedTest
  @ValueSource(strings = {"in", "in.tar", "in.tar.gz", "in.zip"})
  void labelsOfOtherImagesAreRefused(String input) throws Exception {
    write(input, "val/p1.png", "val/p2.png");
    labels("q1,a", "q2,b");

    assertThatThrownBy(() -> labelled(input, "val").index())
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith(
            "no images of split 'val': expected those that labels.csv names in file:")
        .hasMessageEndingWith(
            "found none; all 2 files are rejected, the first is val/p1.png (no label in labels.csv)")
        .message()
        .doesNotContain("\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"in", "in.tar", "in.tar.gz", "in.zip"})
  void aSplitWithoutClassFoldersIsNoClass(String input) throws Exception {
    write(input, "train/1.jpg", "train/2.jpg");

    assertThatThrownBy(() -> open(input, "train").index())
        .isInstanceOf(UserException.class)
        .hasMessageContaining("found 0 files in class folders and 2 at other places; name a split");
  }

  @Test
  void aLinkThatLeadsBackIsRefused() throws Exception {
    write("in", "train/cat/1.jpg");
    Files.createSymbolicLink(folder.resolve("in/train/cat/loop"), Path.of("."));

    assertThatThrownBy(() -> open("in", "train").index())
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("folders too deep: expected at most 16 in one another, found file:")
        .hasMessageEndingWith("delete a link that leads back");
  }
}
