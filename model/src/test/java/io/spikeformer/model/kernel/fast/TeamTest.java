package io.spikeformer.model.kernel.fast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class TeamTest {
  private static final long LONG_NANOS = 1_000_000_000;

  private static void sleep() {
    long end = System.nanoTime() + LONG_NANOS;
    while (System.nanoTime() < end) {
      LockSupport.parkNanos(end - System.nanoTime());
    }
  }

  @Test
  void anInterruptedCallerSleepsUntilTheOthersAreDoneAndStaysInterrupted() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    AtomicIntegerArray done = new AtomicIntegerArray(2);
    try (Team team = new Team(2, () -> {})) {
      Team.Work work =
          part -> {
            if (part == 1) {
              sleep();
            }
            done.incrementAndGet(part);
          };
      // once before, for the time that classes take to load
      team.run(2, part -> {});
      Thread.currentThread().interrupt();
      long before = threads.getCurrentThreadCpuTime();
      team.run(2, work);
      long used = threads.getCurrentThreadCpuTime() - before;
      assertThat(Thread.interrupted()).isTrue();
      assertThat(done.get(0)).isEqualTo(1);
      assertThat(done.get(1)).isEqualTo(1);
      assertThat(used).as("processor time").isLessThan(LONG_NANOS / 20);
    } finally {
      Thread.interrupted();
    }
  }

  @Test
  void aFailureOfAnyPartReachesTheCallerWhenAllAreDone() {
    AtomicIntegerArray done = new AtomicIntegerArray(3);
    try (Team team = new Team(3, () -> {})) {
      assertThatThrownBy(
              () ->
                  team.run(
                      3,
                      part -> {
                        done.incrementAndGet(part);
                        if (part == 1) {
                          throw new IllegalStateException("part 1");
                        }
                      }))
          .hasMessage("part 1");
      team.run(3, done::incrementAndGet);
    }
    assertThat(done.toString()).isEqualTo("[2, 2, 2]");
  }
}
