package io.spikeformer.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
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

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "'' | error: expected a command",
        "descrbe | error: Unmatched argument at index 0: 'descrbe'",
        "describe | error: Missing required argument (specify one of these): (--preset=NAME | --model=URI)",
        "describe --prest 31M | error: Unknown options: '--prest', '31M'",
        "describe --preset 30M | error: Invalid value for option '--preset': expected one of 15M, 31M, 55M",
        "describe --preset 15M --size 0 | error: Invalid value for option '--size': expected a whole number >= 1, found '0'",
        "prepare ade20k --input a --output b --split train --annotations c | error: --annotations: an option of coco alone, found with ade20k",
        "prepare coco --input a --output b --split train --labels augmented | error: --labels: an option of voc2012 alone, found with coco",
        "prepare voc2012 --input a --output b --split train --labels augmentd | error: --labels: expected 'augmented', found 'augmentd'",
        "describe --preset 15M --size big | error: Invalid value for option '--size': expected a whole number >= 1, found 'big'",
      })
  void wrongUsageIsExitCodeTwoAndOneLine(String arguments, String expected) {
    CommandLineRun run =
        CommandLineRun.of(arguments.equals("''") ? new String[0] : arguments.split(" "));
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).startsWith(expected).contains("See 'spikeformer").doesNotContain("\tat ");
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
