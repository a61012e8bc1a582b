package io.spikeformer.train.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** YAML 1.2 by its core schema, one document. */
class RecipeYamlTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          no            | "no"
          off           | "off"
          Yes           | "Yes"
          y             | "y"
          true          | true
          False         | false
          TRUE          | true
          012           | 12
          -012          | -12
          09            | 9
          0o12          | 10
          0x1F          | 31
          0b11          | "0b11"
          1_000         | "1_000"
          1:30          | "1:30"
          99999999999   | 99999999999
          1e-3          | 0.001
          4e3           | 4000.0
          .5            | 0.5
          5.            | 5.0
          +1            | 1
          '012'         | "012"
          "no"          | "no"
          !!str 5       | "5"
          ~             | null
          Null          | null
          2001-01-01    | "2001-01-01"
          1 # one       | 1
          [1, 2.5, a]   | [1,2.5,"a"]
          {b: no}       | {"b":"no"}
          """)
  void valuesAreThoseOfTheCoreSchema(String yaml, String json) throws Exception {
    assertThat(read("a: " + yaml).get("a")).isEqualTo(new ObjectMapper().readTree(json));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a: &x [1, 2]\nb: *x",
        "{a: &x [1, 2], b: *x}",
        "--- # first\na: [1, 2]\nb:\n- 1\n- 2\n...\n# the end\n",
        "%YAML 1.2\n---\na: [1, 2]\nb: [1, 2]\n",
        "a: [&one 1, 2]\nb: [*one, 2]",
        "a: [1, 2]\r\nb: [1, 2]\r\n",
      })
  void aliasesAreWhatTheyNameAndOneDocumentMayBeMarked(String yaml) throws Exception {
    assertThat(read(yaml)).isEqualTo(new ObjectMapper().readTree("{\"a\":[1,2],\"b\":[1,2]}"));
  }

  @Test
  void noDocumentIsNoRecipe() {
    assertThat(read("").isMissingNode()).isTrue();
    assertThat(read("# nothing\n").isMissingNode()).isTrue();
    assertThat(read("---\n").isNull()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          a: 1\\n---\\na: 2       | x line 2: expected one YAML document, found another; take out what does not belong to it
          a: 1\\n...\\na: 2       | x line 3: expected one YAML document, found another; take out what does not belong to it
          a: 1\\n---\\n           | x line 2: expected one YAML document, found another; take out what does not belong to it
          `  a: 1\\nb: 2`          | x line 2: expected keys of one level in one column, found one further to the left
          a:\\n\\tb: 1            | x line 2: expected spaces, found a tab (U+0009); write spaces in its place
          \\ta: 1                  | x: expected spaces, found a tab (U+0009); write spaces in its place
          a:\\n  b: 1\\n\\tc: 1   | x line 3: expected spaces, found a tab (U+0009); write spaces in its place
          a: 1\\nb: 2\\na: 3      | x line 3: expected each key once, found 'a' again
          a: {b: 1, "b": 2}        | x: expected each key once, found 'b' again
          <<: {a: 1}               | x: expected keys, found the merge key <<, which YAML 1.2 does not have
          a: &m [*m]               | x: expected an alias of something else, found one inside of what it names
          a: *m                    | x: expected YAML, found: found undefined alias m
          a: !!bool no             | x: expected no tags, found tag:yaml.org,2002:bool
          a: !secret 3             | x: expected no tags, found !secret
          a: !!set {b}             | x: expected no tags, found tag:yaml.org,2002:set
          ? [a]\\n: b              | x line 1: expected a name in front of ':', found something else
          a: .inf                  | x: expected a finite number, found .inf
          a: +.inf                 | x: expected a finite number, found +.inf
          a: .NaN                  | x: expected a finite number, found .NaN
          a: 1e400                 | x: expected a finite number, found 1e400
          a: @b                    | x: expected YAML, found: found character '@' that cannot start any token.
          a: b: c                  | x: expected YAML, found: mapping values are not allowed here
          """)
  void whatRecipesHaveNoUseForIsRefusedAsWhatItIs(String yaml, String message) {
    assertFault(yaml.replace("\\n", "\n").replace("\\t", "\t"), message);
  }

  @Test
  void growthByAliasesAndDepthIsBounded() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [0, 0, 0, 0, 0, 0, 0, 0, 0]\n");
    for (int i = 1; i < 9; i++) {
      String alias = "*a" + (i - 1);
      bomb.append(Text.format("a%d: &a%d %s\n", i, i, List.of(alias, alias, alias, alias, alias)));
    }
    assertFault(bomb.toString(), "x line 1: expected at most 10000 values, found more");
    assertFault(
        "a: " + "[".repeat(100_000),
        "x: expected at most 50 levels of sections or lists, found more");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2024", "012", "0o17", "0x1F", "1e3", ".5", "+1", "1_000", "true", "no", "null", "~",
            ".inf",
        "5.", "a: b", "# a", "- a", " a", "a\tb", "&a", "*a", "!a", "%a", "@a", "", "s3a://b/c:d",
        "été", "a #b", "'", "\"",
      })
  void aTextThatIsWrittenIsReadAsTheSameText(String text) throws Exception {
    String quoted = new ObjectMapper().writeValueAsString(text);
    Recipe recipe = RecipeReader.read("", "r.yaml", List.of("initialise-from=" + quoted));
    assertThat(recipe.initialiseFrom()).isEqualTo(text);
    String yaml = recipe.toYaml();
    assertThat(read(yaml).get("initialise-from").asText()).isEqualTo(text);
    assertThat(RecipeReader.read(yaml, "r.yaml", List.of())).isEqualTo(recipe);
    assertThat(Recipe.fromYaml(yaml)).isEqualTo(recipe);
  }

  @Test
  void aNumberIsNoTextAndTheAdviceWorks() {
    String message =
        "initialise-from: expected text, found 2024; put it in quotes: initialise-from: \"2024\", or"
            + " --set 'initialise-from=\"2024\"'";
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> RecipeReader.read("initialise-from: 2024", "r.yaml", List.of()))
        .withMessage("recipe r.yaml: " + message);
    assertThat(RecipeReader.read("", "r", List.of("initialise-from=2024")).initialiseFrom())
        .as("a place on the command line is the text as it stands")
        .isEqualTo("2024");
    assertThat(RecipeReader.read("initialise-from: \"2024\"", "r.yaml", List.of()).initialiseFrom())
        .isEqualTo("2024");
    assertThat(RecipeReader.read("", "r", List.of("initialise-from=\"2024\"")).initialiseFrom())
        .isEqualTo("2024");
  }

  @Test
  void aTextThatWasWrittenWithoutQuotesIsStillRead() {
    String earlier =
        Recipe.defaults()
            .toYaml()
            .replaceFirst("(?m)^initialise-from: .*$", "initialise-from: 2024");
    assertThat(earlier).contains("initialise-from: 2024\n");
    assertThat(Recipe.fromYaml(earlier).initialiseFrom()).isEqualTo("2024");
    assertThat(RecipeReader.readEarlier(earlier).initialiseFrom()).isEqualTo("2024");
  }

  @Test
  void aTruthValueIsTrueOrFalse() {
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> RecipeReader.read("data:\n  drop-last: no\n", "r.yaml", List.of()))
        .withMessage("recipe r.yaml: data.drop-last: expected true or false, found the text no");
    assertThat(
            RecipeReader.read("schedule: {epochs: 012}", "r.yaml", List.of()).schedule().epochs())
        .isEqualTo(12);
    assertThat(
            RecipeReader.read("data: {mean: &m [0.5, 0.5, 0.5], std: *m}", "r.yaml", List.of())
                .data()
                .std())
        .containsExactly(0.5, 0.5, 0.5);
  }

  private static void assertFault(String yaml, String message) {
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> read(yaml))
        .withMessage(message);
  }

  private static JsonNode read(String yaml) {
    return RecipeYaml.read(yaml, "x");
  }
}
