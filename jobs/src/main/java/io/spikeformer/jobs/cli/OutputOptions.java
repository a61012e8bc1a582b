package io.spikeformer.jobs.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.spikeformer.common.Text;
import java.io.PrintWriter;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Options that every command has, and the way a result is printed. */
@Command(mixinStandardHelpOptions = true, versionProvider = Version.class)
public final class OutputOptions {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(names = "--json", description = "Print the result as one JSON object.")
  private boolean json;

  @Option(names = "--verbose", description = "Print the stack trace of a failure.")
  private boolean verbose;

  boolean verbose() {
    return verbose;
  }

  PrintWriter out() {
    return spec.commandLine().getOut();
  }

  /** Prints a line of the result as soon as it is known, unless --json keeps it for the end. */
  public void progress(String line) {
    if (!json) {
      out().println(line);
      out().flush();
    }
  }

  /** Prints a result as text or, with --json, as one object on one line. */
  public void print(Supplier<String> text, Supplier<?> object) {
    out().println(json ? write(object.get()) : text.get());
    out().flush();
  }

  private static String write(Object object) {
    try {
      return JSON.writeValueAsString(object);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(Text.format("result that is not JSON: %s", object), e);
    }
  }
}
