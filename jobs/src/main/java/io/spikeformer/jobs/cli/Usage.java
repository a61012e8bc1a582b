package io.spikeformer.jobs.cli;

import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.storage.Storage;
import io.spikeformer.train.recipe.Recipe;
import io.spikeformer.train.recipe.RecipeReader;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Tells wrong usage, which the command line shows by itself, from failures of other causes. */
public final class Usage {
  /** The labels of arguments that name a file or a folder. */
  public static final Set<String> LOCATIONS = Set.of("URI", "PATH", "FILE", "DIR", "PNG");

  private Usage() {}

  /** Makes a value of options; a value that is refused there is wrong usage. */
  public static <T> T of(CommandSpec spec, Supplier<T> made) {
    try {
      return made.get();
    } catch (IllegalArgumentException refused) {
      throw new ParameterException(spec.commandLine(), refused.getMessage(), refused);
    }
  }

  /**
   * A recipe with changes of the command line; if the recipe can be used without them, then they
   * are wrong.
   */
  public static Recipe recipe(CommandSpec spec, String text, String source, List<String> changes) {
    try {
      return RecipeReader.read(text, source, changes);
    } catch (UserException refused) {
      RecipeReader.read(text, source, List.of());
      throw new ParameterException(spec.commandLine(), refused.getMessage(), refused);
    }
  }

  /** Refuses changes of keys that no recipe has. */
  public static void requireKeys(CommandSpec spec, String text, List<String> changes) {
    try {
      RecipeReader.explain(text, "", changes);
    } catch (UserException refused) {
      RecipeReader.explain(text, "", List.of());
      throw new ParameterException(spec.commandLine(), refused.getMessage(), refused);
    }
  }

  /** Refuses text that is empty or, where a file or folder is named, no path or URI. */
  public static void requireText(ParseResult parsed) {
    for (ParseResult command = parsed; command != null; command = command.subcommand()) {
      for (ArgSpec argument : command.matchedArgs()) {
        for (String text : argument.originalStringValues()) {
          requireText(command.commandSpec(), argument, text);
        }
      }
    }
  }

  private static void requireText(CommandSpec spec, ArgSpec argument, String text) {
    String name =
        argument instanceof OptionSpec option
            ? "option '" + option.longestName() + "'"
            : "'" + argument.paramLabel() + "'";
    if (text.isBlank()) {
      throw new ParameterException(
          spec.commandLine(),
          Text.format(
              "Invalid value for %s: expected %s, found nothing", name, argument.paramLabel()),
          argument,
          text);
    }
    if (LOCATIONS.contains(argument.paramLabel())) {
      try {
        Storage.path(text);
      } catch (UserException refused) {
        throw new ParameterException(
            spec.commandLine(),
            Text.format("Invalid value for %s: %s", name, refused.getMessage()),
            refused,
            argument,
            text);
      }
    }
  }
}
