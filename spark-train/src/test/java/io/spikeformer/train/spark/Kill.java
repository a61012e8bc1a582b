package io.spikeformer.train.spark;

import java.io.IOException;

/** Ends processes as the kernel does when memory runs out: with SIGKILL. */
final class Kill {
  private Kill() {}

  static void process(long process) {
    try {
      new ProcessBuilder("kill", "-9", Long.toString(process)).inheritIO().start().waitFor();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  static void thisProcess() {
    process(ProcessHandle.current().pid());
    throw new IllegalStateException("killed, and yet alive");
  }
}
