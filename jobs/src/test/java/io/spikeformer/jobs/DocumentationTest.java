package io.spikeformer.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The documentation names files and headings that exist. */
class DocumentationTest {
  private static final Path ROOT =
      Path.of(System.getProperty("spikeformer.root")).toAbsolutePath().normalize();

  /** The target of a Markdown link or image that is not a URI. */
  private static final Pattern LINK = Pattern.compile("\\]\\((?!\\w+://|mailto:)([^)\\s]+)\\)");

  /** A source of an HTML image or picture that is not a URI. */
  private static final Pattern IMAGE = Pattern.compile("src(?:set)?=\"(?!\\w+://)([^\"]+)\"");

  /** A file of the repository as commands and sentences name it. */
  private static final Pattern NAMED_FILE =
      Pattern.compile(
          "(?<![\\w./-])((?:benchmarks|conf|docs)/[\\w./-]+\\.(?:csv|conf|md|options|png|properties|py"
              + "|sh|svg|xml|yaml))(?![\\w-])");

  /** A class as the architecture names it, without the first two words of its package. */
  private static final Pattern NAMED_CLASS =
      Pattern.compile("`((?:common|data|eval|jobs|model|tasks|train)(?:\\.[a-z]+)*\\.[A-Z]\\w*)`");

  @Test
  void linksLeadToFilesAndHeadings() throws IOException {
    Map<Path, List<String>> anchors = new HashMap<>();
    List<String> broken = new ArrayList<>();
    for (Path page : files(".md")) {
      Consumer<String> check =
          link -> {
            String[] parts = link.split("#", 2);
            Path target = parts[0].isEmpty() ? page : page.resolveSibling(parts[0]).normalize();
            boolean found =
                Files.exists(target)
                    && (parts.length == 1
                        || anchors
                            .computeIfAbsent(target, DocumentationTest::anchors)
                            .contains(parts[1]));
            if (!found) {
              broken.add(ROOT.relativize(page) + " -> " + link);
            }
          };
      String text = Files.readString(page);
      LINK.matcher(text).results().forEach(match -> check.accept(match.group(1)));
      IMAGE.matcher(text).results().forEach(match -> check.accept(match.group(1)));
    }
    assertThat(broken).isEmpty();
  }

  @Test
  void filesThatDocumentationAndSourcesNameExist() throws IOException {
    List<String> missing = new ArrayList<>();
    for (Path file : Stream.concat(files(".md").stream(), files(".java").stream()).toList()) {
      NAMED_FILE
          .matcher(Files.readString(file))
          .results()
          .map(match -> match.group(1))
          .filter(name -> !Files.exists(ROOT.resolve(name)))
          .forEach(name -> missing.add(ROOT.relativize(file) + " names " + name));
    }
    assertThat(missing).isEmpty();
  }

  @Test
  void classesThatTheArchitectureNamesExist() throws IOException {
    List<String> sources = files(".java").stream().map(Path::toString).toList();
    List<String> named =
        NAMED_CLASS
            .matcher(Files.readString(ROOT.resolve("docs/architecture.md")))
            .results()
            .map(match -> "io/spikeformer/" + match.group(1).replace('.', '/') + ".java")
            .toList();
    assertThat(named).isNotEmpty();
    assertThat(named)
        .allSatisfy(
            name -> assertThat(sources).anyMatch(file -> file.endsWith("main/java/" + name)));
  }

  /** Headings as GitHub makes anchors of them. */
  private static List<String> anchors(Path page) {
    try (Stream<String> lines = Files.lines(page)) {
      return lines
          .filter(line -> line.matches("#{1,6} .*"))
          .map(line -> line.replaceFirst("#+ +", "").strip().toLowerCase(Locale.ROOT))
          .map(title -> title.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
          .toList();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** Files with this ending, sorted, without those that a build made. */
  private static List<Path> files(String ending) throws IOException {
    try (Stream<Path> walk = Files.walk(ROOT)) {
      return walk.filter(file -> file.toString().endsWith(ending))
          .filter(Files::isRegularFile)
          .filter(file -> !ROOT.relativize(file).toString().matches("(.*/)?(target|\\.\\w+)/.*"))
          .sorted()
          .toList();
    }
  }
}
