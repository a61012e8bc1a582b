package io.spikeformer.data.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.spikeformer.common.Text;
import io.spikeformer.data.events.InvalidEventsException;
import io.spikeformer.data.text.TextFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HarDvsLabelsTest {
  private static final String NAME = "dvSave-2021_10_15_19_18_02";

  @Test
  void linesBecomeEntriesWhateverTheLineEnd() throws Exception {
    String text =
        Text.format(
            "action_001/%s 0\r\n\naction_300/%s 299\naction_002/%s-1.b  1", NAME, NAME, NAME);
    assertThat(read(text))
        .containsExactly(
            new HarDvsLabels.Entry("action_001", NAME, 0),
            new HarDvsLabels.Entry("action_300", NAME, 299),
            new HarDvsLabels.Entry("action_002", NAME + "-1.b", 1));
    assertThat(read(text).get(0).key()).isEqualTo("action_001/" + NAME);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\uFEFFaction_001/dvSave-0 0\naction_001/v.1 0\naction_002/dvSave-0 1",
        "action_001/dvSave-0.npz 0\naction_001/v.1.npz 0\naction_002/dvSave-0.npz 1\n\n",
        "action_001/dvSave-0.aedat4 0\naction_001/v.1.AEDAT4 0\naction_002/dvSave-0 1\n",
        "action_001\\dvSave-0 0\r\naction_001\\v.1 0\r\naction_002\\dvSave-0 1",
        " action_001/dvSave-0\t0 \raction_001/v.1  0\r\raction_002/dvSave-0 1\r",
      })
  void everyWayToWriteAListGivesTheSameEntries(String text) throws Exception {
    assertThat(read(text))
        .containsExactly(
            new HarDvsLabels.Entry("action_001", "dvSave-0", 0),
            new HarDvsLabels.Entry("action_001", "v.1", 0),
            new HarDvsLabels.Entry("action_002", "dvSave-0", 1));
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
    String good = Text.format("action_001/%s 0\n", NAME);
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
    assertFault(
        "a".repeat(2000),
        "line 1: expected `action_001/NAME LABEL`, found `" + "a".repeat(100) + "...`");
    assertFault(
        good + "action_001/a\u00a00",
        "line 2: expected `action_001/NAME LABEL`, found `action_001/aU+00A00`");
    assertFault(
        "action_001/a.npz 0\naction_001\\a 0",
        "line 2: expected each recording once, found action_001/a again (line 1)");
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
    TextFile file = TextFile.decode("names", Files.readAllBytes(published));
    assertThat(HarDvsLabels.readClassNames(file, 300))
        .hasSize(300)
        .endsWith("Action300- Mobile Card 3");
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

  private static List<String> names(String text, int classes) throws InvalidEventsException {
    return HarDvsLabels.readClassNames(
        TextFile.decode("names.txt", text.getBytes(StandardCharsets.UTF_8)), classes);
  }

  private static List<HarDvsLabels.Entry> read(String text) throws InvalidEventsException {
    return HarDvsLabels.read(
        TextFile.decode("train_label.txt", text.getBytes(StandardCharsets.UTF_8)));
  }

  private static void assertFault(String text, String message) {
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(InvalidEventsException.class)
        .hasMessageContaining("train_label.txt " + message);
  }
}
