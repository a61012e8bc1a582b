package io.spikeformer.train.spark.averaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.spikeformer.common.UserException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.apache.spark.network.buffer.ManagedBuffer;
import org.apache.spark.network.buffer.NioManagedBuffer;
import org.apache.spark.storage.BlockId;
import org.apache.spark.storage.BlockManagerId;
import org.apache.spark.storage.BroadcastBlockId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PeerBlocksTest {
  private static final BlockId BLOCK = new BroadcastBlockId(7, "start3");
  private static final BlockManagerId DRIVER = holder("driver", "10.0.0.1");
  private static final BlockManagerId GONE = holder("1", "10.0.0.2");
  private static final BlockManagerId WELL = holder("2", "10.0.0.3");
  private static final BlockManagerId OTHER = holder("3", "10.0.0.4");
  private static final PeerBlocks.Patience SHORT =
      new PeerBlocks.Patience(Duration.ofMillis(200), 1, Duration.ofMillis(200));

  private final PeerBlocks peers = new PeerBlocks();
  private final CountDownLatch end = new CountDownLatch(1);
  private final List<BlockManagerId> asked = Collections.synchronizedList(new ArrayList<>());

  @AfterEach
  void endAbandonedFetches() {
    end.countDown();
  }

  @Test
  void aSilentHolderIsPassedOverAndThenAskedLast() {
    assertThat(read(GONE, WELL)).containsExactly(GONE, WELL);
    assertThat(read(GONE, WELL)).containsExactly(WELL);
  }

  @Test
  void theDriverIsTheSecond() {
    assertThat(peers.order(List.of(WELL, OTHER, GONE, DRIVER)))
        .containsExactly(WELL, DRIVER, OTHER, GONE);
    assertThat(peers.order(List.of(DRIVER, WELL, OTHER))).containsExactly(WELL, DRIVER, OTHER);
    assertThat(peers.order(List.of(DRIVER))).containsExactly(DRIVER);
  }

  @Test
  void aBlockThatNobodySendsIsNamedWithItsHosts() {
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> read(GONE))
        .withMessage(
            "block broadcast_7_start3: expected it with the driver or an executor, found it"
                + " nowhere; executor 1 on 10.0.0.2 did not send it within 0 s");
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> read(OTHER))
        .withMessageEndingWith("nowhere; executor 3 on 10.0.0.4: Connection refused");
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(this::read)
        .withMessageEndingWith("found it nowhere");
  }

  @Test
  void aSlowHolderIsAskedAgainWithMoreTime() {
    int[] calls = new int[1];
    peers.read(
        BLOCK,
        pass -> List.of(WELL),
        new PeerBlocks.Patience(Duration.ofMillis(200), 4, Duration.ofMinutes(1)),
        (holder, block) -> {
          calls[0]++;
          sleep(calls[0] == 1 ? 100_000 : 0);
          return bytes();
        },
        block -> {});
    assertThat(calls[0]).isEqualTo(2);
  }

  /** A cable that was cut and is mended: its host is heard again with the next answer. */
  @Test
  void aSuspectIsAskedForAShorterTimeAndIsNoneAfterItsAnswer() {
    boolean[] cut = {true};
    PeerBlocks.Patience patience =
        new PeerBlocks.Patience(Duration.ofMinutes(1), 1, Duration.ofMillis(100));
    assertThatExceptionOfType(UserException.class).isThrownBy(() -> read(GONE));
    assertThat(peers.suspects(GONE)).isTrue();
    PeerBlocks.Fetch fetch =
        (holder, block) -> {
          sleep(cut[0] ? 100_000 : 0);
          return bytes();
        };
    assertThatExceptionOfType(MissingSliceException.class)
        .isThrownBy(() -> peers.read(BLOCK, pass -> List.of(GONE), patience, fetch, block -> {}));
    cut[0] = false;
    peers.read(BLOCK, pass -> List.of(GONE), patience, fetch, block -> {});
    assertThat(peers.suspects(GONE)).isFalse();
  }

  private List<BlockManagerId> read(BlockManagerId... holders) {
    asked.clear();
    List<ManagedBuffer> found = new ArrayList<>();
    peers.read(
        BLOCK,
        pass -> List.of(holders),
        SHORT,
        (holder, block) -> {
          asked.add(holder);
          if (holder.equals(OTHER)) {
            throw new UncheckedIOException(
                "Connection refused\nat", new java.io.IOException("refused"));
          }
          sleep(holder.equals(GONE) ? 100_000 : 0);
          return bytes();
        },
        found::add);
    assertThat(found).hasSize(1);
    return asked;
  }

  private void sleep(long milliseconds) {
    try {
      end.await(milliseconds, java.util.concurrent.TimeUnit.MILLISECONDS);
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }

  private static ManagedBuffer bytes() {
    return new NioManagedBuffer(ByteBuffer.allocate(4));
  }

  private static BlockManagerId holder(String executor, String host) {
    return new BlockManagerId(executor, host, 7078, scala.Option.empty());
  }
}
