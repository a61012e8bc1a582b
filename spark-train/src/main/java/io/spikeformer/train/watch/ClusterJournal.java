package io.spikeformer.train.watch;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.spikeformer.common.Text;
import io.spikeformer.train.Progress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * The lines of {@code cluster.jsonl}: executors that come and go, and rounds that take longer than
 * usual. A training to which nothing happens has no such file.
 */
final class ClusterJournal {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private static final Duration FIRST = Duration.ofSeconds(30);

  /** The same work waiting for the same again is said so often. */
  private static final Duration REPEATED = Duration.ofSeconds(60);

  private final Journal journal;
  private final long startStep;
  private long step;
  private boolean open;
  private String lastWaiting = "";
  private Duration lastElapsed = Duration.ZERO;

  /** A line: seconds and work are those of a pulse. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  private record Line(String time, long step, String work, Long seconds, String text) {}

  /**
   * A journal that is not written yet.
   *
   * @param startStep optimizer steps at the beginning of this run
   */
  ClusterJournal(Journal journal, long startStep) {
    this.journal = journal;
    this.startStep = startStep;
    this.step = startStep;
  }

  void roundFinished(long newStep) {
    step = newStep;
  }

  void checkpoint(long newStep) {
    journal.checkpoint(newStep);
  }

  void news(String message) {
    add(new Line(now(), step, null, null, message));
  }

  /** Of pulses only those of long work, from half a minute on, and of equal ones one a minute. */
  void pulse(Progress.Pulse pulse) {
    String waiting = pulse.work() + ": " + pulse.state().replaceAll("\\d+ s\\b", "");
    boolean repeated =
        waiting.equals(lastWaiting) && pulse.elapsed().minus(lastElapsed).compareTo(REPEATED) < 0;
    boolean early = pulse.elapsed().compareTo(FIRST) < 0;
    if (pulse.pace() == Progress.Pace.USUAL || early || repeated) {
      return;
    }
    lastWaiting = waiting;
    lastElapsed = pulse.elapsed();
    add(new Line(now(), step, pulse.work(), pulse.elapsed().toSeconds(), pulse.state()));
  }

  private static String now() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private void add(Line line) {
    if (!open) {
      journal.open(startStep, earlier -> {});
      open = true;
    }
    try {
      journal.add((MAPPER.writeValueAsString(line) + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(Text.format("no JSON of %s", line), e);
    }
  }
}
