package io.spikeformer.train.spark.averaging;

import io.spikeformer.common.Text;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import org.apache.spark.network.buffer.ManagedBuffer;
import org.apache.spark.storage.BlockId;
import org.apache.spark.storage.BlockManagerId;
import org.apache.spark.storage.BlockNotFoundException;

/**
 * Blocks that other processes hold. A holder that does not answer within a limit is passed over for
 * another one, and asked last for a while. Spark itself would wait for its network timeouts, two
 * minutes and more, although others have the same block.
 */
final class PeerBlocks {
  private static final Duration SUSPECTED_FOR = Duration.ofSeconds(60);
  private static final int TOLD = 3;

  /** Threads of fetches; an abandoned one ends with Spark's own timeouts. */
  private static final ExecutorService FETCHES =
      Executors.newCachedThreadPool(
          work -> {
            Thread thread = new Thread(work, "block fetch");
            thread.setDaemon(true);
            return thread;
          });

  private static final PeerBlocks OF_THIS_JVM = new PeerBlocks();

  private final Map<BlockManagerId, Long> suspects = new ConcurrentHashMap<>();

  /** How a block comes from a holder, in the calling thread. */
  @FunctionalInterface
  interface Fetch {
    ManagedBuffer from(BlockManagerId holder, BlockId block);
  }

  /**
   * How long holders are waited for.
   *
   * @param limit for the answer of one holder in the first pass; it doubles with every pass
   * @param passes how often all holders are asked
   * @param doubted at most for the answer of one that was a suspect before
   */
  record Patience(Duration limit, int passes, Duration doubted) {
    private Duration ofPass(int pass, boolean suspect) {
      Duration usual = limit.multipliedBy(1L << pass);
      return suspect && doubted.compareTo(usual) < 0 ? doubted : usual;
    }
  }

  static PeerBlocks ofThisJvm() {
    return OF_THIS_JVM;
  }

  /**
   * Fetches a block from one of its holders.
   *
   * @param block the block
   * @param holders of a pass from 0, in the order of preference
   * @param fetch brings the block from a holder
   * @param receiver uses what has come
   * @throws MissingSliceException in one line with the holders' hosts if none sends it
   */
  void read(
      BlockId block,
      IntFunction<List<BlockManagerId>> holders,
      Patience patience,
      Fetch fetch,
      Consumer<ManagedBuffer> receiver) {
    Set<String> failures = new LinkedHashSet<>();
    for (int pass = 0; pass < patience.passes(); pass++) {
      for (BlockManagerId holder : order(holders.apply(pass))) {
        Duration limit = patience.ofPass(pass, suspects(holder));
        try {
          ManagedBuffer found = await(FETCHES.submit(() -> fetch.from(holder, block)), limit);
          suspects.remove(holder);
          receiver.accept(found);
          return;
        } catch (TimeoutException silent) {
          suspects.put(holder, System.nanoTime());
          failures.add(
              Text.format("%s did not send it within %d s", name(holder), limit.toSeconds()));
        } catch (ExecutionException failure) {
          if (!isWithout(failure)) {
            suspects.put(holder, System.nanoTime());
          }
          failures.add(Text.format("%s: %s", name(holder), firstLine(failure.getCause())));
        } catch (DamagedSliceException damaged) {
          failures.add(Text.format("%s: %s", name(holder), damaged.getMessage()));
        }
      }
    }
    throw new MissingSliceException(
        Text.format(
            "block %s: expected it with the driver or an executor, found it nowhere%s",
            block.name(), told(failures)));
  }

  /** Whether a holder has answered that it does not have the block. */
  private static boolean isWithout(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (String.valueOf(cause.getMessage()).contains(BlockNotFoundException.class.getName())) {
        return true;
      }
    }
    return false;
  }

  /** Whether a holder did not answer in time within the last minute. */
  boolean suspects(BlockManagerId holder) {
    Long since = suspects.get(holder);
    return since != null && System.nanoTime() - since <= SUSPECTED_FOR.toNanos();
  }

  private static String told(Set<String> failures) {
    int more = failures.size() - TOLD;
    return failures.stream()
            .limit(TOLD)
            .map(failure -> "; " + failure)
            .collect(Collectors.joining())
        + (more > 0 ? Text.format("; %d more", more) : "");
  }

  private static ManagedBuffer await(Future<ManagedBuffer> coming, Duration limit)
      throws TimeoutException, ExecutionException {
    try {
      return coming.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a block was fetched", ended);
    }
  }

  /**
   * The holders in the order in which they are asked: the given one, except that the driver, which
   * lives as long as the job, is the second if there are others, and suspects are the last.
   */
  List<BlockManagerId> order(List<BlockManagerId> holders) {
    long now = System.nanoTime();
    suspects.values().removeIf(since -> now - since > SUSPECTED_FOR.toNanos());
    List<BlockManagerId> order = new ArrayList<>();
    List<BlockManagerId> drivers = new ArrayList<>();
    List<BlockManagerId> last = new ArrayList<>();
    for (BlockManagerId holder : holders) {
      if (suspects.containsKey(holder)) {
        last.add(holder);
      } else {
        (holder.isDriver() ? drivers : order).add(holder);
      }
    }
    order.addAll(Math.min(1, order.size()), drivers);
    order.addAll(last);
    return order;
  }

  private static String name(BlockManagerId holder) {
    return holder.isDriver()
        ? "the driver on " + holder.host()
        : Text.format("executor %s on %s", holder.executorId(), holder.host());
  }

  private static String firstLine(Throwable failure) {
    return String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
  }
}
