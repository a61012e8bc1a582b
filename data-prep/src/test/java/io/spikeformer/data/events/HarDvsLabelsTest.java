package io.spikeformer.data.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class HarDvsLabelsTest {
  private static final String NAME = "dvSave-2021_10_15_19_18_02";

  @Test
  void linesBecomeEntriesWhateverTheLineEnd() throws Exception {
    String text =
        "action_001/%s 0\r\n\naction_300/%s 299\naction_002/%s-1.b  1".formatted(NAME, NAME, NAME);
    assertThat(read(text))
        .containsExactly(
            new HarDvsLabels.Entry("action_001", NAME, 0),
            new HarDvsLabels.Entry("action_300", NAME, 299),
            new HarDvsLabels.Entry("action_002", NAME + "-1.b", 1));
    assertThat(read(text).get(0).key()).isEqualTo("action_001/" + NAME);
  }

  @Test
  void thereAre300Classes() {
    assertThat(HarDvsLabels.classes())
        .hasSize(300)
        .startsWith("action_001", "action_002")
        .endsWith("action_300");
  }

  @Test
  void badLinesAreNamedWithTheirNumber() {
    String good = "action_001/%s 0\n".formatted(NAME);
    assertFault(
        good + "action_001 0", "line 2: expected `action_001/NAME LABEL`, found `action_001 0`");
    assertFault(
        good + "\naction_301/a 300", "line 3: expected action_001 to action_300, found action_301");
    assertFault("action_000/a 0", "line 1: expected action_001 to action_300, found action_000");
    assertFault(good + "action_002/a 2", "line 2: expected label 1 for action_002, found 2");
    assertFault(
        good + good,
        "line 2: expected each recording once, found action_001/" + NAME + " again (line 1)");
    assertFault(
        "action_001/../b 0", "line 1: expected `action_001/NAME LABEL`, found `action_001/../b 0`");
    assertFault("action_001/.. 0", "line 1: expected `action_001/NAME LABEL`");
    assertFault("action_001/a -1", "line 1: expected `action_001/NAME LABEL`");
    assertFault("a".repeat(2000), "line 1: expected at most 1024 characters, found more");
    assertFault(" \n", "line 1: expected `action_001/NAME LABEL`, found an empty file");
  }

  @Test
  void classesMayHaveNames() throws Exception {
    assertThat(names("Action001-L type clamp back\r\nAction002 wink_ Blink an eye\r\n\n", 2))
        .containsExactly("Action001-L type clamp back", "Action002 wink_ Blink an eye");
    assertThat(names("walk\nrun", 2)).containsExactly("walk", "run");
    Path published =
        Path.of(
            System.getProperty("spikeformer.root", ".."), "..", "shared/data/hardvs_300_class.txt");
    assumeTrue(Files.exists(published), "the published names are not here");
    try (InputStream stream = Files.newInputStream(published)) {
      assertThat(HarDvsLabels.readClassNames("names", stream, 300))
          .hasSize(300)
          .endsWith("Action300- Mobile Card 3");
    }
  }

  @Test
  void badClassNamesAreNamedWithTheirLine() {
    assertNameFault("a\n", "names.txt line 2: expected 2 names of classes, found 1");
    assertNameFault("a\nb\nc\n", "names.txt line 3: expected 2 names of classes, found `c`");
    assertNameFault("a\n\nb", "names.txt line 2: expected 2 names of classes, found an empty line");
    assertNameFault("a\na\n", "names.txt line 2: expected each name once, found `a` again");
    assertNameFault(
        "Action001 x\nAction003 y\n",
        "names.txt line 2: expected the name of action 2, found `Action003 y`");
  }

  private static void assertNameFault(String text, String message) {
    assertThatThrownBy(() -> names(text, 2))
        .isInstanceOf(InvalidEventsException.class)
        .hasMessage(message);
  }

  private static List<String> names(String text, int classes)
      throws IOException, InvalidEventsException {
    return HarDvsLabels.readClassNames(
        "names.txt", new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), classes);
  }

  private static List<HarDvsLabels.Entry> read(String text)
      throws IOException, InvalidEventsException {
    return HarDvsLabels.read(
        "train_label.txt", new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static void assertFault(String text, String message) {
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(InvalidEventsException.class)
        .hasMessageContaining("train_label.txt " + message);
  }
}
