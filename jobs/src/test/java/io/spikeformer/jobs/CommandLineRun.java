package io.spikeformer.jobs;

import java.io.PrintWriter;
import java.io.StringWriter;

/** One command run in this process: its exit code and what it printed. */
public record CommandLineRun(int code, String out, String err) {
  public static CommandLineRun of(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code = Main.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
    return new CommandLineRun(code, out.toString(), err.toString());
  }
}
