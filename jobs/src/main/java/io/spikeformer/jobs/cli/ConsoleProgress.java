package io.spikeformer.jobs.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows how far a job is: a bar where standard error is a terminal, else a log line now and then.
 * Standard output stays free for the result.
 */
public final class ConsoleProgress implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ConsoleProgress.class);
  private static final Path STANDARD_ERROR = Path.of("/proc/self/fd/2");
  private static final Duration BETWEEN_LINES = Duration.ofSeconds(20);
  private static final int BAR_MILLISECONDS = 300;

  private final String task;
  private final long total;
  private final ProgressBar bar;
  private long lastLine = System.nanoTime();

  private ConsoleProgress(String task, long total, ProgressBar bar) {
    this.task = task;
    this.total = total;
    this.bar = bar;
  }

  /**
   * Begins to show a task.
   *
   * @param unit what is counted, for example " rounds"
   * @param total how many there are
   * @param done how many were done before
   */
  public static ConsoleProgress start(String task, String unit, long total, long done) {
    ProgressBar bar =
        standardErrorIsTerminal()
            ? new ProgressBarBuilder()
                .setTaskName(task)
                .setUnit(unit, 1)
                .setInitialMax(total)
                .startsFrom(done, Duration.ZERO)
                .hideEta()
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(BAR_MILLISECONDS)
                .setConsumer(new ConsoleProgressBarConsumer(System.err))
                .build()
            : null;
    return new ConsoleProgress(task, total, bar);
  }

  private static boolean standardErrorIsTerminal() {
    try {
      String target = Files.readSymbolicLink(STANDARD_ERROR).toString();
      return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }

  /** So many are done; a few words say how it goes. */
  public synchronized void update(long done, String words) {
    if (bar != null) {
      bar.stepTo(done);
      bar.setExtraMessage(" " + words);
    } else if (System.nanoTime() - lastLine > BETWEEN_LINES.toNanos()) {
      lastLine = System.nanoTime();
      LOG.info("{}: {} of {}, {}", task, done, total, words);
    }
  }

  /** A few words on work that goes on; nothing more is done. */
  public synchronized void state(String words) {
    if (bar != null) {
      bar.setExtraMessage(" " + words);
    } else if (System.nanoTime() - lastLine > BETWEEN_LINES.toNanos()) {
      lastLine = System.nanoTime();
      LOG.info("{}: {}", task, words);
    }
  }

  /** Whether words replace each other in a bar; elsewhere each is a line of the log. */
  public boolean isBar() {
    return bar != null;
  }

  /** A line that stays. */
  public void line(String text) {
    if (bar != null) {
      System.err.printf("\r%-100s%n", text);
    } else {
      LOG.info("{}", text);
    }
  }

  /** Ends the bar. */
  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
