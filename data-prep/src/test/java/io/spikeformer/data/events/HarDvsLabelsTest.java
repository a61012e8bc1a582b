package io.spikeformer.data.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
  void unknownRecordingsAreRefused() {
    byte[] text = "action_001/a 0\naction_001/b 0\n".getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(
            () ->
                HarDvsLabels.read(
                    "val_label.txt",
                    new ByteArrayInputStream(text),
                    key -> key.equals("action_001/a")))
        .isInstanceOf(InvalidEventsException.class)
        .hasMessage("val_label.txt line 2: expected the recording action_001/b, found none");
  }

  private static List<HarDvsLabels.Entry> read(String text)
      throws IOException, InvalidEventsException {
    return HarDvsLabels.read(
        "train_label.txt",
        new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)),
        key -> true);
  }

  private static void assertFault(String text, String message) {
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(InvalidEventsException.class)
        .hasMessageContaining("train_label.txt " + message);
  }
}
