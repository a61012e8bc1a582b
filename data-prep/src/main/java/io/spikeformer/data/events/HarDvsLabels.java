package io.spikeformer.data.events;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
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

  private static final int MAX_LINE = 1024;

  /** HAR-DVS has 107,646 recordings. */
  private static final int MAX_LINES = 10_000_000;

  private static final Pattern NUMBERED = Pattern.compile("[Aa]ction_?(\\d{1,6})");

  private static final Pattern LINE =
      Pattern.compile("(action_(\\d{3}))/([A-Za-z0-9][A-Za-z0-9_.-]{0,254})\\s+(\\d{1,4})");

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
    return IntStream.rangeClosed(1, CLASSES).mapToObj("action_%03d"::formatted).toList();
  }

  /**
   * Reads a label file; blank lines are passed over.
   *
   * @param name the file's name, for messages
   * @param stream UTF-8 text; closed by the caller
   * @throws InvalidEventsException with the line, if it is not of that form, repeats a recording,
   *     or its label is not that of its folder
   */
  public static List<Entry> read(String name, InputStream stream)
      throws IOException, InvalidEventsException {
    BufferedReader reader =
        new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
    List<Entry> entries = new ArrayList<>();
    Map<String, Integer> lines = new HashMap<>();
    int number = 0;
    for (String line = readLine(reader, name, 1); line != null; ) {
      number++;
      if (!line.isBlank()) {
        Entry entry = parse(line.strip(), name, number);
        Integer earlier = lines.putIfAbsent(entry.key(), number);
        if (earlier != null) {
          throw fault(
              name,
              number,
              "expected each recording once, found %s again (line %d)"
                  .formatted(entry.key(), earlier));
        }
        entries.add(entry);
      }
      line = readLine(reader, name, number + 1);
    }
    if (entries.isEmpty()) {
      throw fault(name, 1, "expected `action_001/NAME LABEL`, found an empty file");
    }
    return List.copyOf(entries);
  }

  /**
   * Reads names for the classes, a line a class in the order of the labels, as in {@code
   * Action001-L type clamp back}; blank lines at the end are passed over.
   *
   * @param name the file's name, for messages
   * @param stream UTF-8 text; closed by the caller
   * @param classes number of names that are expected
   * @throws InvalidEventsException with the line, if a name is missing, repeated or bears the
   *     number of another line, or there are more or fewer
   */
  public static List<String> readClassNames(String name, InputStream stream, int classes)
      throws IOException, InvalidEventsException {
    BufferedReader reader =
        new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
    Set<String> names = new LinkedHashSet<>();
    int number = 1;
    for (String line = readLine(reader, name, 1); line != null; number++) {
      String className = line.strip();
      boolean isAhead = number <= classes;
      if (isAhead == className.isEmpty()) {
        throw fault(
            name,
            number,
            "expected %d names of classes, found %s"
                .formatted(classes, isAhead ? "an empty line" : "`" + printable(className) + "`"));
      }
      Matcher numbered = NUMBERED.matcher(className);
      if (numbered.lookingAt() && Integer.parseInt(numbered.group(1)) != number) {
        throw fault(
            name,
            number,
            "expected the name of action %d, found `%s`".formatted(number, printable(className)));
      }
      if (isAhead && !names.add(className)) {
        throw fault(name, number, "expected each name once, found `%s` again".formatted(className));
      }
      line = readLine(reader, name, number + 1);
    }
    if (names.size() != classes) {
      throw fault(
          name, number, "expected %d names of classes, found %d".formatted(classes, names.size()));
    }
    return List.copyOf(names);
  }

  private static Entry parse(String line, String name, int number) throws InvalidEventsException {
    Matcher matcher = LINE.matcher(line);
    if (!matcher.matches()) {
      throw fault(
          name, number, "expected `action_001/NAME LABEL`, found `%s`".formatted(printable(line)));
    }
    int action = Integer.parseInt(matcher.group(2));
    if (action < 1 || action > CLASSES) {
      throw fault(
          name,
          number,
          "expected action_001 to action_%d, found %s".formatted(CLASSES, matcher.group(1)));
    }
    int label = Integer.parseInt(matcher.group(4));
    if (label != action - 1) {
      throw fault(
          name,
          number,
          "expected label %d for %s, found %d".formatted(action - 1, matcher.group(1), label));
    }
    return new Entry(matcher.group(1), matcher.group(3), label);
  }

  /** A line without its end; null behind the last. Longer ones are refused before they are kept. */
  private static String readLine(BufferedReader reader, String name, int number)
      throws IOException, InvalidEventsException {
    if (number > MAX_LINES) {
      throw fault(name, number, "expected at most %d lines, found more".formatted(MAX_LINES));
    }
    StringBuilder line = new StringBuilder();
    int character = reader.read();
    if (character < 0) {
      return null;
    }
    while (character >= 0 && character != '\n') {
      if (line.length() == MAX_LINE) {
        throw fault(name, number, "expected at most %d characters, found more".formatted(MAX_LINE));
      }
      line.append((char) character);
      character = reader.read();
    }
    return line.toString();
  }

  private static String printable(String line) {
    return line.replaceAll("[^\\x20-\\x7e]", "?");
  }

  private static InvalidEventsException fault(String name, int line, String what) {
    return new InvalidEventsException("%s line %d: %s".formatted(name, line, what));
  }
}
