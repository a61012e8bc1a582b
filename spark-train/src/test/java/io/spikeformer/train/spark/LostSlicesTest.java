package io.spikeformer.train.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.spikeformer.model.checkpoint.Checkpoint;
import io.spikeformer.train.Progress;
import io.spikeformer.train.SmallSplit;
import io.spikeformer.train.recipe.Recipe;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import org.apache.spark.MapOutputTrackerMaster;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.storage.BlockManager;
import org.apache.spark.storage.BroadcastBlockId;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import scala.collection.JavaConverters;

/** Slices of the state that are lost between two rounds come back with the same bits. */
class LostSlicesTest {
  @TempDir private static Path folder;
  private static JavaSparkContext spark;
  private static String train;

  @BeforeAll
  static void start() throws IOException {
    train = SmallSplit.write(folder.resolve("train"), 2, 20);
    spark = new JavaSparkContext(SparkTests.conf("local[2]"));
  }

  @AfterAll
  static void stop() {
    spark.close();
  }

  /** What happens to slices after a round. */
  private enum Loss implements Consumer<Progress.Round> {
    NEWEST {
      @Override
      public void accept(Progress.Round round) {
        remove(newest(), "state0", "state1");
      }
    },
    OUTER {
      @Override
      public void accept(Progress.Round round) {
        remove(newest(), "outer1");
      }
    },
    /** With the slices that could be formed from them, and what integers have left. */
    DIFFERENCES {
      @Override
      public void accept(Progress.Round round) {
        remove(newest(), "state0", "change0", "rest1");
      }
    },
    DAMAGED {
      @Override
      public void accept(Progress.Round round) {
        damage(newest(), "state1");
      }
    },
    /** The moments of the workers, with the states that they could be computed from again. */
    KEPT {
      @Override
      public void accept(Progress.Round round) {
        long newest = newest();
        blocks().stream()
            .filter(id -> id.broadcastId() != newest)
            .forEach(id -> manager().removeBlock(id, true));
        forgetKept();
      }
    },
    /** With all that they could be formed from again: as if every executor were gone. */
    ALL {
      @Override
      public void accept(Progress.Round round) {
        blocks().forEach(id -> manager().removeBlock(id, true));
        MapOutputTrackerMaster tracker = (MapOutputTrackerMaster) SparkEnv.get().mapOutputTracker();
        JavaConverters.asJavaCollection(tracker.shuffleStatuses().keySet())
            .forEach(id -> tracker.unregisterAllMapAndMergeOutput((Integer) (Object) id));
        forgetKept();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "NEWEST, average, transport=float32",
    "OUTER, local, transport=float32",
    "DAMAGED, average, transport=float32",
    "KEPT, local, transport=float32",
    "ALL, local, transport=float32",
    "NEWEST, average, transport=int4",
    "DIFFERENCES, local, transport=int8",
    "DAMAGED, average, transport=int4",
    "KEPT, reset, transport=int4",
    "ALL, local, transport=int4",
    "NEWEST, average, delay=1",
    "OUTER, local, delay=1",
    "DAMAGED, average, delay=1",
    "KEPT, local, delay=1",
    "ALL, average, delay=1"
  })
  void theBitsAreTheSame(Loss loss, String moments, String setting) {
    Recipe recipe =
        SmallSplit.recipe(
            "averaging.moments=" + moments,
            "averaging." + setting,
            "averaging.frequency=1",
            "averaging.outer.momentum=0.5",
            "schedule.epochs=1",
            "checkpoint.every-rounds=3");
    Checkpoint calm = run(recipe, "calm" + loss + setting, round -> {});
    int[] losses = {0};
    Checkpoint found =
        run(
            recipe,
            loss + setting,
            round -> {
              if (round.round() >= 2 && round.round() <= 4) {
                loss.accept(round);
                losses[0]++;
              }
            });
    assertThat(losses[0]).isEqualTo(3);
    assertThat(Arrays.mismatch(found.state(), calm.state())).isEqualTo(-1);
    assertThat(Arrays.mismatch(found.outer(), calm.outer())).isEqualTo(-1);
    assertThat(Arrays.mismatch(found.rest(), calm.rest())).isEqualTo(-1);
  }

  private static Checkpoint run(Recipe recipe, String output, Consumer<Progress.Round> after) {
    TrainingPlaces places = new TrainingPlaces(train, null, folder.resolve(output).toString());
    TrainingOptions options = new TrainingOptions(TrainingOptions.Start.FRESH, "auto", 1, 1);
    Progress progress =
        new Progress() {
          @Override
          public void roundFinished(Round round) {
            after.accept(round);
          }
        };
    return new TrainingRun(spark, recipe, places, options, progress).run().checkpoint();
  }

  private static BlockManager manager() {
    return SparkEnv.get().blockManager();
  }

  /** All slices. */
  private static List<BroadcastBlockId> blocks() {
    return JavaConverters.asJavaCollection(
            manager()
                .getMatchingBlockIds(
                    id ->
                        id instanceof BroadcastBlockId block
                            && block.field().matches("(state|outer|rest|change)\\d+")))
        .stream()
        .map(BroadcastBlockId.class::cast)
        .toList();
  }

  private static void forgetKept() {
    JavaConverters.mapAsJavaMap(spark.sc().getPersistentRDDs())
        .values()
        .forEach(kept -> kept.unpersist(true));
  }

  private static long newest() {
    return blocks().stream()
        .max(Comparator.comparingLong(BroadcastBlockId::broadcastId))
        .orElseThrow()
        .broadcastId();
  }

  private static void remove(long broadcast, String... fields) {
    for (String field : fields) {
      BroadcastBlockId id = new BroadcastBlockId(broadcast, field);
      assertThat(manager().getStatus(id).isDefined()).isTrue();
      manager().removeBlock(id, true);
    }
  }

  private static void damage(long broadcast, String field) {
    Path file =
        manager().diskBlockManager().getFile(new BroadcastBlockId(broadcast, field)).toPath();
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
      open.seek(100);
      int old = open.read();
      open.seek(100);
      open.write(old ^ 1);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
