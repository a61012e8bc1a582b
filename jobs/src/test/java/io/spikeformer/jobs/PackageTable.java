package io.spikeformer.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.spikeformer.common.Text;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The table of packages in docs/architecture.md: a row each, below the rows of what it imports. */
final class PackageTable {
  static final String PREFIX = "io.spikeformer.";

  private static final String HEADING = "| package | holds | may import |";
  private static final Pattern ROW = Pattern.compile("\\| `([\\w.]+)` \\| ([^|]+) \\| ([^|]+) \\|");
  private static final Pattern NAME = Pattern.compile("`([\\w.]+)`");
  private static final String NOTHING = "nothing";

  /**
   * One package.
   *
   * @param name without the project's prefix
   * @param holds in words
   * @param imports the packages that it may import
   */
  private record Row(String name, String holds, SortedSet<String> imports) {
    static Row of(String line) {
      Matcher row = ROW.matcher(line);
      assertThat(row.matches()).as("a row of three columns: %s", line).isTrue();
      SortedSet<String> imports = new TreeSet<>();
      for (Matcher name = NAME.matcher(row.group(3)); name.find(); ) {
        imports.add(name.group(1));
      }
      assertThat(row.group(3)).as("imports of %s", row.group(1)).isEqualTo(written(imports));
      return new Row(row.group(1), row.group(2), imports);
    }

    private static String written(SortedSet<String> imports) {
      return imports.isEmpty() ? NOTHING : "`" + String.join("`, `", imports) + "`";
    }

    static String written(String name, String holds, SortedSet<String> imports) {
      return Text.format("| `%s` | %s | %s |", name, holds, written(imports));
    }
  }

  private final List<Row> rows;

  private PackageTable(List<Row> rows) {
    this.rows = rows;
  }

  /** The name of a package as in the table. */
  static String name(String packageName) {
    return packageName.substring(PREFIX.length());
  }

  static PackageTable read(Path page) throws IOException {
    List<String> lines = Files.readAllLines(page);
    int heading = lines.indexOf(HEADING);
    assertThat(heading).as("'%s' in %s", HEADING, page).isNotNegative();
    return new PackageTable(
        lines.subList(heading + 2, lines.size()).stream()
            .takeWhile(line -> line.startsWith("|"))
            .map(Row::of)
            .toList());
  }

  /** Requires a row for every package, with the imports it has and no others. */
  void requireEqual(SortedMap<String, SortedSet<String>> imports) {
    List<String> wrong = new ArrayList<>();
    Set<String> above = new HashSet<>();
    for (Row row : rows) {
      SortedSet<String> found = imports.get(row.name());
      if (found == null) {
        wrong.add("there is no package " + row.name());
      } else if (!found.equals(row.imports())) {
        wrong.add("expected this row: " + Row.written(row.name(), row.holds(), found));
      } else if (!above.containsAll(found)) {
        wrong.add(Text.format("expected the row of %s below those it imports", row.name()));
      }
      assertThat(above.add(row.name())).as("a second row of %s", row.name()).isTrue();
    }
    for (Map.Entry<String, SortedSet<String>> each : imports.entrySet()) {
      if (!above.contains(each.getKey())) {
        wrong.add("expected a row: " + Row.written(each.getKey(), "...", each.getValue()));
      }
    }
    assertThat(wrong).as("the table of packages in docs/architecture.md").isEmpty();
  }
}
