package io.spikeformer.train.spark.averaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RemoteReadsTest {
  @Test
  void aFewAreOnTheirWayAtOnce() {
    AtomicInteger running = new AtomicInteger();
    Set<Integer> seen = ConcurrentHashMap.newKeySet();
    CountDownLatch full = new CountDownLatch(RemoteReads.AT_ONCE);
    AtomicInteger read = new AtomicInteger();
    try (RemoteReads reads = new RemoteReads()) {
      for (int i = 0; i < 20; i++) {
        reads.begin(
            () -> {
              seen.add(running.incrementAndGet());
              full.countDown();
              await(full);
              running.decrementAndGet();
              read.incrementAndGet();
            });
      }
      reads.finish();
    }
    assertThat(read).hasValue(20);
    assertThat(seen).contains(RemoteReads.AT_ONCE).doesNotContain(RemoteReads.AT_ONCE + 1);
  }

  /** The memory that others write to is freed behind it. */
  @Test
  void aFailureIsToldOnceNoOtherOneRuns() {
    MissingSliceException lost = new MissingSliceException("slice 3: nobody has it");
    AtomicInteger running = new AtomicInteger();
    CountDownLatch begun = new CountDownLatch(1);
    assertThatExceptionOfType(MissingSliceException.class)
        .isThrownBy(
            () -> {
              try (RemoteReads reads = new RemoteReads()) {
                reads.begin(
                    () -> {
                      await(begun);
                      throw lost;
                    });
                reads.begin(
                    () -> {
                      running.incrementAndGet();
                      begun.countDown();
                      sleepThroughInterruption();
                      running.decrementAndGet();
                    });
                reads.finish();
              }
            })
        .isSameAs(lost);
    assertThat(running).hasValue(0);
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }

  private static void sleepThroughInterruption() {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(300);
    while (System.nanoTime() < end) {
      Thread.onSpinWait();
    }
  }
}
