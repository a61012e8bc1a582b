package io.spikeformer.data.source;

import io.spikeformer.common.Text;
import io.spikeformer.data.events.InvalidEventsException;
import io.spikeformer.data.text.Characters;
import io.spikeformer.data.text.TextFile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The label files of HAR-DVS, {@code train_label.txt}, {@code val_label.txt} and {@code
 * test_label.txt}: one line a recording, {@code action_001/dvSave-2021_10_15_19_18_02 0}.
 */
public final class HarDvsLabels {
  /** Actions of the dataset; their labels are 0 to 299. */
  public static final int CLASSES = 300;

  /** Characters of a line that a message shows. */
  private static final int MAX_SHOWN = 100;

  private static final Pattern NUMBERED = Pattern.compile("[Aa]ction_?(\\d{1,6})");

  private static final Pattern LINE =
      Pattern.compile(
          "(action_(\\d{3}))[/\\\\]([A-Za-z0-9][A-Za-z0-9_.-]{0,254}?)(?i:\\.aedat4|\\.npz)?"
              + "\\s+(\\d{1,4})");

  /**
   * A recording and its action.
   *
   * @param action folder, such as {@code action_001}
   * @param recording name in that folder, without an extension
   * @param label 0 to 299
   */
  public record Entry(String action, String recording, int label) {
    /** Folder and name, as in the label file. */
    public String key() {
      return action + "/" + recording;
    }
  }

  private HarDvsLabels() {}

  /** The folders' names in the order of the labels: {@code action_001} to {@code action_300}. */
  public static List<String> classes() {
    return IntStream.rangeClosed(1, CLASSES)
        .mapToObj(action -> Text.format("action_%03d", action))
        .toList();
  }

  /**
   * Reads a label file; blank lines are passed over. Behind a recording's name may stand the ending
   * of its file, and a backslash may stand behind its folder.
   *
   * @throws InvalidEventsException with the line, if it is not of that form, repeats a recording,
   *     or its label is not that of its folder
   */
  public static List<Entry> read(TextFile file) throws InvalidEventsException {
    List<Entry> entries = new ArrayList<>();
    Map<String, Integer> numbers = new HashMap<>();
    int number = 0;
    for (String text : file.lines()) {
      number++;
      String line = Characters.strip(text);
      if (line.isEmpty()) {
        continue;
      }
      Entry entry = parse(line, file, number);
      Integer earlier = numbers.putIfAbsent(entry.key(), number);
      if (earlier != null) {
        throw fault(
            file,
            number,
            Text.format(
                "expected each recording once, found %s again (line %d)", entry.key(), earlier));
      }
      entries.add(entry);
    }
    if (entries.isEmpty()) {
      throw fault(file, 1, "expected `action_001/NAME LABEL`, found an empty file");
    }
    return List.copyOf(entries);
  }

  /**
   * Reads names for the classes, a line a class in the order of the labels, as in {@code
   * Action001-L type clamp back}.
   *
   * @param classes number of names that are expected
   * @throws InvalidEventsException with the line, if a name is missing, repeated or bears the
   *     number of another line, or there are more or fewer
   */
  public static List<String> readClassNames(TextFile file, int classes)
      throws InvalidEventsException {
    Set<String> names = new LinkedHashSet<>();
    int number = 0;
    for (String text : file.lines()) {
      number++;
      String className = Characters.strip(text);
      String named = Characters.named(className, MAX_SHOWN);
      if (className.isEmpty() || number > classes) {
        String found = className.isEmpty() ? "an empty line" : "`" + named + "`";
        throw fault(
            file, number, Text.format("expected %d names of classes, found %s", classes, found));
      }
      Matcher numbered = NUMBERED.matcher(className);
      if (numbered.lookingAt() && Integer.parseInt(numbered.group(1)) != number) {
        throw fault(
            file, number, Text.format("expected the name of action %d, found `%s`", number, named));
      }
      if (!names.add(className)) {
        throw fault(file, number, Text.format("expected each name once, found `%s` again", named));
      }
    }
    if (names.size() != classes) {
      throw fault(
          file,
          number + 1,
          Text.format("expected %d names of classes, found %d", classes, names.size()));
    }
    return List.copyOf(names);
  }

  private static Entry parse(String line, TextFile file, int number) throws InvalidEventsException {
    Matcher matcher = LINE.matcher(line);
    if (!matcher.matches()) {
      throw fault(
          file,
          number,
          Text.format(
              "expected `action_001/NAME LABEL`, found `%s`", Characters.named(line, MAX_SHOWN)));
    }
    int action = Integer.parseInt(matcher.group(2));
    if (action < 1 || action > CLASSES) {
      throw fault(
          file,
          number,
          Text.format("expected action_001 to action_%d, found %s", CLASSES, matcher.group(1)));
    }
    int label = Integer.parseInt(matcher.group(4));
    if (label != action - 1) {
      throw fault(
          file,
          number,
          Text.format("expected label %d for %s, found %d", action - 1, matcher.group(1), label));
    }
    return new Entry(matcher.group(1), matcher.group(3), label);
  }

  private static InvalidEventsException fault(TextFile file, int line, String what) {
    return new InvalidEventsException(Text.format("%s line %d: %s", file.name(), line, what));
  }
}
