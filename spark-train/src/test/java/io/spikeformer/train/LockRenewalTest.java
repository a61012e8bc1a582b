package io.spikeformer.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

import io.spikeformer.common.UserException;
import io.spikeformer.train.output.LockHolder;
import io.spikeformer.train.output.OutputFolder;
import io.spikeformer.train.output.OutputLock;
import io.spikeformer.train.output.OutputLock.Stale;
import io.spikeformer.train.output.StorageRetries;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A lock on storages that are slow or fail while it is renewed. */
@Timeout(60)
class LockRenewalTest {
  private static final String FULL = "No space left on device";

  /** Longer than a reader waits for a lock that is short. */
  private static final int LONG_MILLISECONDS = 400;

  private static final int SELDOM = 60_000;

  @TempDir private Path folder;
  private final List<String> warnings = Collections.synchronizedList(new ArrayList<>());
  private final CountDownLatch begun = new CountDownLatch(1);

  @AfterEach
  void heal() {
    StandInHdfs.closing(null);
  }

  @ParameterizedTest
  @ValueSource(strings = {"stand-in", "overwriting"})
  void aSlowRenewalDoesNotStopTheRun(String scheme) throws InterruptedException {
    try (OutputLock lock = lock(scheme)) {
      lock.acquire();
      CountDownLatch end = slowRenewal();
      CompletableFuture.delayedExecutor(LONG_MILLISECONDS, TimeUnit.MILLISECONDS)
          .execute(end::countDown);
      lock.requireHeld();
    }
    assertThat(warnings).isEmpty();
    assertThat(folder.resolve(OutputLock.FILE)).doesNotExist();
  }

  @Test
  void othersFindAWholeLockWhileItIsRenewedOnHdfs() throws InterruptedException {
    try (OutputLock lock = lock("stand-in")) {
      lock.acquire();
      CountDownLatch end = slowRenewal();
      assertThatExceptionOfType(UserException.class)
          .isThrownBy(() -> lock("stand-in").requireFree())
          .withMessageContaining("found process " + ProcessHandle.current().pid());
      end.countDown();
    }
  }

  @Test
  void aRenewalThatFailsOnHdfsLeavesTheLockAsItWas() throws Exception {
    try (OutputLock lock = lock("stand-in")) {
      lock.acquire();
      String first = text();
      StandInHdfs.closing(this::fail);
      begun.await();
      lock.requireHeld();
      assertThat(text()).isEqualTo(first);
      StandInHdfs.closing(null);
      while (text().equals(first)) {
        Thread.sleep(1);
      }
    }
    assertThat(warnings.get(0)).startsWith("lock not renewed: cannot write ").contains(FULL);
    try (var left = Files.list(folder)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void aLockThatAFailedRenewalLeftEmptyIsAFaultOfTheStorageUntilItIsMended() throws Exception {
    try (OutputLock lock = lock("overwriting")) {
      lock.acquire();
      StandInHdfs.closing(this::fail);
      begun.await();
      assertThatExceptionOfType(UserException.class)
          .isThrownBy(lock::requireHeld)
          .withMessageMatching(
              "cannot read overwriting:.*_lock.json: expected the lock of this run, found what a"
                  + " failed renewal left; it is renewed again every 1 ms");
      assertThat(text()).isEmpty();
      StandInHdfs.closing(null);
      retries()
          .run(
              () -> {
                lock.requireHeld();
                return lock;
              });
      // a renewal holds the lock's monitor; without it this could read an overwrite half-way
      synchronized (lock) {
        assertThat(LockHolder.fromJson(text())).isPresent();
      }
    }
    assertThat(folder.resolve(OutputLock.FILE)).doesNotExist();
  }

  @Test
  void aLockThatAFailedRenewalLeftEmptyIsGivenBack() throws Exception {
    try (OutputLock lock = lock("overwriting")) {
      lock.acquire();
      StandInHdfs.closing(this::fail);
      begun.await();
    }
    assertThat(folder.resolve(OutputLock.FILE)).doesNotExist();
  }

  @Test
  void aTakeOverWhileARenewalFailsIsNoticedAndStays() throws Exception {
    LockHolder other =
        new LockHolder("o", "node-7", "", 5, 0, "eva", "" + Instant.EPOCH, "" + Instant.EPOCH);
    try (OutputLock lock = lock("overwriting")) {
      lock.acquire();
      StandInHdfs.closing(
          file -> {
            Files.writeString(folder.resolve(OutputLock.FILE), other.toJson());
            fail(file);
          });
      begun.await();
      assertThatExceptionOfType(UserException.class)
          .isThrownBy(lock::requireHeld)
          .withMessageContaining("taken over by process 5 of user eva on host node-7");
      StandInHdfs.closing(null);
      // many renewals
      Thread.sleep(50);
    }
    assertThat(LockHolder.fromJson(text())).contains(other);
  }

  @Test
  void aLockThatIsDeletedOnHdfsIsNotMended() throws Exception {
    try (OutputLock lock = lock("stand-in", SELDOM)) {
      lock.acquire();
      Files.delete(folder.resolve(OutputLock.FILE));
      assertThatExceptionOfType(UserException.class)
          .isThrownBy(lock::requireHeld)
          .withMessageContaining("deleted or damaged by somebody");
    }
    assertThatNoException().isThrownBy(() -> lock("stand-in").requireFree());
  }

  /** Lets the next renewal wait in the middle, and returns when it does. */
  private CountDownLatch slowRenewal() throws InterruptedException {
    CountDownLatch end = new CountDownLatch(1);
    StandInHdfs.closing(
        file -> {
          begun.countDown();
          try {
            end.await();
          } catch (InterruptedException interrupted) {
            throw new IOException(interrupted);
          }
        });
    begun.await();
    return end;
  }

  private void fail(org.apache.hadoop.fs.Path file) throws IOException {
    begun.countDown();
    throw new IOException(FULL);
  }

  private String text() throws IOException {
    return Files.readString(folder.resolve(OutputLock.FILE));
  }

  private OutputLock lock(String scheme) {
    return lock(scheme, 1);
  }

  private OutputLock lock(String scheme, int renew) {
    Configuration configuration = StandInHdfs.configure(new Configuration());
    configuration.setInt(OutputLock.SETTLE, 1);
    configuration.setInt(OutputLock.RENEW, renew);
    return new OutputFolder(scheme + ":" + folder, configuration).lock(Stale.REFUSE, warnings::add);
  }

  private StorageRetries retries() {
    Configuration configuration = new Configuration();
    configuration.setInt(StorageRetries.FIRST_PAUSE, 10);
    return new StorageRetries(configuration, warnings::add);
  }
}
