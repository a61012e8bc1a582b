package io.spikeformer.train.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

import io.spikeformer.common.UserException;
import io.spikeformer.train.output.OutputLock.Stale;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputLockTest {
  @TempDir private Path folder;
  private final List<String> warnings = Collections.synchronizedList(new ArrayList<>());

  @Test
  void aSecondRunIsRefusedAndToldByWhom() {
    try (OutputLock first = lock(Stale.REFUSE)) {
      first.acquire();
      first.requireHeld();
      for (Stale stale : Stale.values()) {
        OutputLock second = lock(stale);
        assertThatExceptionOfType(UserException.class)
            .isThrownBy(second::requireFree)
            .withMessageMatching(
                "output file:.*: expected no other run, found process "
                    + ProcessHandle.current().pid()
                    + " of user "
                    + System.getProperty("user.name")
                    + " on host .* since .*, last seen \\d+ s ago: wait for its end or use another"
                    + " folder; if it was killed, --resume works from .* on");
        assertThatExceptionOfType(UserException.class).isThrownBy(second::acquire);
        second.close();
      }
      first.requireHeld();
    }
    assertThat(folder.resolve(OutputLock.FILE)).doesNotExist();
    assertThat(warnings).isEmpty();
    assertThatNoException().isThrownBy(() -> lock(Stale.REFUSE).requireFree());
  }

  @Test
  void ofRunsThatBeginTogetherOneGetsTheLock() throws InterruptedException {
    AtomicInteger taken = new AtomicInteger();
    CountDownLatch start = new CountDownLatch(1);
    List<OutputLock> locks = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      OutputLock lock = lock(Stale.REFUSE);
      locks.add(lock);
      Thread thread =
          new Thread(
              () -> {
                try {
                  start.await();
                  lock.acquire();
                  taken.incrementAndGet();
                } catch (UserException | InterruptedException refused) {
                  // the others
                }
              });
      thread.start();
      threads.add(thread);
    }
    start.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(taken).hasValue(1);
    locks.forEach(OutputLock::close);
  }

  @Test
  void theLockOfAProcessThatIsGoneIsTakenOverOnResume() throws Exception {
    Process process = new ProcessBuilder("true").start();
    process.waitFor();
    Instant now = Instant.now();
    LockHolder self = LockHolder.thisProcess(now);
    write(
        new LockHolder(
            "other", self.host(), self.processes(), process.pid(), 0, "eva", "" + now, "" + now));
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> lock(Stale.REFUSE).acquire())
        .withMessageContaining("found process " + process.pid() + " of user eva on host")
        .withMessageEndingWith("which is gone: use --resume to take its place, or another folder");
    try (OutputLock lock = lock(Stale.TAKE_OVER)) {
      lock.requireFree();
      lock.acquire();
      lock.requireHeld();
      assertThat(warnings).hasSize(1);
      assertThat(warnings.get(0)).contains("taking over from process " + process.pid());
    }
  }

  @Test
  void aProcessNumberThatIsUsedAgainIsAnotherProcess() throws IOException {
    LockHolder self = LockHolder.thisProcess(Instant.now());
    write(
        new LockHolder(
            "other",
            self.host(),
            self.processes(),
            self.process(),
            self.started() - 5000,
            "eva",
            self.since(),
            self.renewed()));
    assertThatNoException().isThrownBy(() -> lock(Stale.TAKE_OVER).requireFree());
  }

  @Test
  void aLockOfAnotherHostIsTakenOverWhenItIsNotRenewed() throws IOException {
    Instant begun = Instant.now().minus(Duration.ofHours(2));
    Instant recent = Instant.now().minus(Duration.ofMinutes(4));
    write(new LockHolder("o", "node-7", "", 5, 0, "eva", "" + begun, "" + recent));
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> lock(Stale.TAKE_OVER).requireFree())
        .withMessageContaining("process 5 of user eva on host node-7 since " + begun)
        .withMessageContaining("last seen 24");
    Instant old = Instant.now().minus(Duration.ofMinutes(6));
    write(new LockHolder("o", "node-7", "", 5, 0, "eva", "" + begun, "" + old));
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> lock(Stale.REFUSE).requireFree())
        .withMessageContaining("which has not been seen for 6 minutes: use --resume");
    assertThatNoException().isThrownBy(() -> lock(Stale.TAKE_OVER).requireFree());
  }

  @Test
  void aLockThatIsNotWholeIsHeldUntilItIsOld() throws IOException {
    Path file = Files.writeString(folder.resolve(OutputLock.FILE), "{\"id\":");
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> lock(Stale.TAKE_OVER).requireFree())
        .withMessageContaining("found one whose _lock.json is not whole");
    Files.setLastModifiedTime(
        file, java.nio.file.attribute.FileTime.from(Instant.now().minus(Duration.ofHours(1))));
    assertThatNoException().isThrownBy(() -> lock(Stale.TAKE_OVER).requireFree());
  }

  @Test
  void whoeverHasLostTheLockLearnsSo() throws IOException {
    try (OutputLock lock = lock(Stale.REFUSE)) {
      lock.acquire();
      write(new LockHolder("o", "node-7", "", 5, 0, "eva", "" + Instant.EPOCH, "" + Instant.EPOCH));
      assertThatExceptionOfType(UserException.class)
          .isThrownBy(lock::requireHeld)
          .withMessageContaining(
              "the lock of this run is gone, taken over by process 5 of user eva")
          .withMessageEndingWith("this run stops, so that two do not write into one folder");
    }
    assertThat(folder.resolve(OutputLock.FILE)).exists();
    assertThat(warnings.get(0)).startsWith("lock not given back: ");
  }

  @Test
  void theHolderRenewsIt() throws Exception {
    Configuration often = configuration();
    often.setInt(OutputLock.RENEW, 20);
    try (OutputLock lock =
        new OutputFolder(folder.toString(), often).lock(Stale.REFUSE, warnings::add)) {
      lock.acquire();
      String first = renewed();
      while (renewed().equals(first)) {
        Thread.sleep(20);
      }
      lock.requireHeld();
    }
    try (var left = Files.list(folder)) {
      assertThat(left).isEmpty();
    }
  }

  private String renewed() throws IOException {
    String text = Files.readString(folder.resolve(OutputLock.FILE));
    return LockHolder.fromJson(text).orElseThrow().renewed();
  }

  private void write(LockHolder holder) throws IOException {
    Files.writeString(folder.resolve(OutputLock.FILE), holder.toJson());
  }

  private OutputLock lock(Stale stale) {
    return new OutputFolder(folder.toString(), configuration()).lock(stale, warnings::add);
  }

  private static Configuration configuration() {
    Configuration configuration = new Configuration();
    configuration.setInt(OutputLock.SETTLE, 1);
    return configuration;
  }
}
