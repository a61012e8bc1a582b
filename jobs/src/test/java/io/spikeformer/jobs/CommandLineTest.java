package io.spikeformer.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.spikeformer.jobs.cli.Usage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

class CommandLineTest {
  static List<String> commands() {
    return new CommandLine(new SpikeformerCommand())
        .getSubcommands().keySet().stream().filter(name -> !name.equals("help")).toList();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyCommandExplainsItselfWithAnExample(String command) {
    CommandLineRun run = CommandLineRun.of(command, "--help");
    assertThat(run.code()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .startsWith("Usage: spikeformer " + command)
        .contains("Example:", "jobs/spikeformer " + command);
  }

  /** Java 17 puts U+FFFD in the place of what is not in the locale's encoding, spark-submit '?'. */
  @ParameterizedTest
  @CsvSource({
    "shards/\uFFFD, UTF-8, true",
    "shards/??, ANSI_X3.4-1968, true",
    "shards/??, UTF-8, false",
    "shards/日本, UTF-8, false",
    "shards/a, ANSI_X3.4-1968, false"
  })
  void argumentsThatWereLostAreRecognised(String argument, String encoding, boolean lost) {
    assertThat(Main.isUnreadable(argument, encoding)).isEqualTo(lost);
  }

  @Test
  void aLostArgumentIsOneLineThatSaysWhatToSet() {
    CommandLineRun run = CommandLineRun.of("verify", "--data", "shards/\uFFFD");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("set LC_ALL=C.UTF-8").hasLineCount(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "'' | error: expected a command",
        "descrbe | error: Unmatched argument at index 0: 'descrbe'",
        "describe | error: Missing required argument (specify one of these): (--preset=NAME |"
            + " --model=URI)",
        "describe --prest 31M | error: Unknown options: '--prest', '31M'",
        "describe --preset 30M | error: Invalid value for option '--preset': expected one of 15M,"
            + " 31M, 55M",
        "describe --preset 15M --size 0 | error: Invalid value for option '--size': expected a"
            + " whole number >= 1, found '0'",
        "prepare ade20k --input a --output b --split train --annotations c | error: --annotations:"
            + " an option of coco alone, found with ade20k",
        "prepare coco --input a --output b --split train --labels augmented | error: --labels: an"
            + " option of voc2012 alone, found with coco",
        "prepare voc2012 --input a --output b --split train --labels augmentd | error: --labels:"
            + " expected 'augmented', found 'augmentd'",
        "describe --preset MS-ResNet-34 --head distilled | error: ",
        "describe --preset 15M --precision int8 | error: Invalid value for option '--precision': ",
        "describe --preset 15M --recompute all | error: Invalid value for option '--recompute': ",
        "describe --model s3a:// | error: Invalid value for option '--model': location: expected a"
            + " path or a URI, found 's3a://'",
        "bench --preset tiny --steps -3 | error: Invalid value for option '--steps': expected a"
            + " whole number >= 1, found '-3'",
        "bench --preset tiny --activity loud | error: Invalid value for option '--activity': ",
        "bench --preset tiny --kernels slow | error: Invalid value for option '--kernels': ",
        "compare --table 2 | error: Invalid value for option '--table': expected 1, 3, 4, 5, 9 or 10, found 2",
        "compare --rate 0 | error: Invalid value for option '--rate': expected a rate above 0",
        "energy --preset tiny --timesteps 1 --rates r --mac-picojoules -1 | error: Invalid value"
            + " for option '--mac-picojoules': expected a number of pJ >= 0, found '-1'",
        "energy --preset tiny --timesteps 1 --rates r --first-layer twice | error: Invalid value"
            + " for option '--first-layer': ",
        "evaluate --model m --data d --output o --ac-picojoules NaN | error: Invalid value for"
            + " option '--ac-picojoules': expected a number of pJ >= 0, found 'NaN'",
        "evaluate --model m --data d --output o --limit 0 | error: Invalid value for option"
            + " '--limit': ",
        "evaluate --model m --data d --output o --master here | error: Invalid value for option"
            + " '--master': expected local[N], local[*], spark://HOST:PORT, yarn or k8s://URL,"
            + " found 'here'",
        "evaluate --model m --data d --output o --master local[0] | error: Invalid value for option"
            + " '--master': ",
        "evaluate --model m --data d --output o --threads 0 | error: Invalid value for option"
            + " '--threads': ",
        "evaluate --model m --data d --output hdfs:/// --model n | error: option '--model' (URI)"
            + " should be specified only once",
        "prepare imagenet --input a --output b --split ../x | error: split: expected a name of"
            + " letters, digits, '.', '_' and '-', found ../x",
        "prepare imagenet --input a --output b --split t --shards 200000 | error: shards: expected"
            + " 1 to 100000, found 200000",
        "prepare imagenet --input a --output b --split t --max-rejected-fraction 2 | error:"
            + " max-rejected-fraction: expected 0 to 1, found 2.0",
        "prepare imagenet --input a --output b --split t --short-side -1 | error: short-side:"
            + " expected >= 0 pixels, found -1",
        "prepare imagenet --input a --output b --split t --seed x | error: Invalid value for option"
            + " '--seed': 'x' is not a long",
        "prepare hardvs --input a --output b --split t --size 224 | error: ",
        "prepare hardvs --input a --output b --split t --sensor 0x346 | error: ",
        "prepare hardvs --input a --output b --split t --time-unit days | error: ",
        "prepare hardvs --input a --output b --split t --on-colour red | error: ",
        "prepare hardvs --input a --output b --split t --format avi | error: ",
        "prepare hardvs --input a --output b --split t --frame-split size | error: ",
        "prepare hardvs --input a --output b --split t --max-count 0 | error: Invalid value for"
            + " option '--max-count': ",
        "prepare coco --input a --output b --split t | error: --annotations: expected the file of"
            + " the split, such as instances_train2017.json, found none",
        "prepare | error: expected a dataset: one of imagenet, coco, detection, ade20k, voc2012,"
            + " segmentation, hardvs",
        "prepare imgnet | error: Unmatched argument at index 1: 'imgnet'",
        "inspect --data d --sample -1 | error: Invalid value for option '--sample': expected a"
            + " whole number >= 0, found '-1'",
        "import-torch --input i --output o --classes 10 | error: --classes: expected --preset or"
            + " --recipe with it, found neither",
        "report | error: Missing required parameter: 'URI'",
        "export --model m --format onnx --output o | error: Invalid value for option '--format':"
            + " format: expected safetensors or torch-names, found 'onnx'",
        "help descrbe | error: Unknown subcommand 'descrbe'",
        "describe --preset 15M --size big | error: Invalid value for option '--size': expected a"
            + " whole number >= 1, found 'big'",
      })
  void wrongUsageIsExitCodeTwoAndOneLine(String arguments, String expected) {
    CommandLineRun run =
        CommandLineRun.of(arguments.equals("''") ? new String[0] : arguments.split(" "));
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).startsWith(expected).contains("See 'spikeformer").doesNotContain("\tat ");
  }

  /** Options whose text is empty, and changes of a recipe that no recipe knows. */
  @Test
  void emptyTextAndUnknownKeysAreWrongUsage(@TempDir Path folder) throws IOException {
    String recipe = Files.writeString(folder.resolve("recipe.yaml"), "").toString();
    String[] train = {"train", "--recipe", recipe, "--train", "t", "--output", "o", "--set"};
    String[] teach = {"teach", "--model", "m", "--data", "d", "--output", "o", "--set"};
    String[] infer = {"infer", "--model", "m", "--input", "i", "--set"};
    for (String[] command : List.of(train, teach, infer)) {
      assertWrong(
          "--set schedule.epoch=3: unknown key 'schedule.epoch'", command, "schedule.epoch=3");
      assertWrong("--set epochs: expected key=value", command, "epochs");
      assertWrong(
          "Invalid value for option '--set': expected KEY=VALUE, found nothing", command, "");
    }
    assertWrong("recipe " + recipe + ": schedule", train, "schedule.epochs=0");
    assertWrong("recipe " + recipe + ": seed: expected a whole number", train, "seed=often");
    assertWrong(
        "Invalid value for option '--output': expected PNG, found nothing",
        new String[] {"inspect", "--data", "d", "--output"},
        " ");
    assertWrong(
        "Invalid value for 'URI': expected URI, found nothing", new String[] {"report"}, "");
  }

  private static void assertWrong(String message, String[] command, String value) {
    String[] arguments = Arrays.copyOf(command, command.length + 1);
    arguments[command.length] = value;
    CommandLineRun run = CommandLineRun.of(arguments);
    assertThat(run.code()).as(run.err()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).startsWith("error: " + message).contains("See 'spikeformer ");
  }

  @Test
  void everyOptionWithALocationSaysSo() {
    walk(new CommandLine(new SpikeformerCommand()));
  }

  private static void walk(CommandLine line) {
    for (CommandLine.Model.OptionSpec option : line.getCommandSpec().options()) {
      if (option.type() == Path.class) {
        assertThat(Usage.LOCATIONS).as(option.longestName()).contains(option.paramLabel());
      }
    }
    line.getSubcommands().values().forEach(CommandLineTest::walk);
  }

  @Test
  void aMistypedWordGetsASuggestion() {
    assertThat(CommandLineRun.of("descrbe").err()).contains("Did you mean: spikeformer describe");
    assertThat(CommandLineRun.of("describe", "--presett=31M").err())
        .contains("Possible solutions: --preset");
  }

  @Test
  void helpAndVersionGoToStandardOutput() {
    assertThat(CommandLineRun.of("--help").out()).contains(commands());
    assertThat(CommandLineRun.of("--version").out())
        .matches("spikeformer \\d+\\.\\d+\\.\\d+\\S*\\R");
  }
}
