package io.spikeformer.train.spark.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.spikeformer.train.Progress;
import io.spikeformer.train.Progress.Pace;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ClusterStateTest {
  private static final ClusterState.Limits LIMITS =
      new ClusterState.Limits(Duration.ofSeconds(12), Duration.ofMinutes(10));

  private long now = 1_000_000;
  private final ClusterState state = new ClusterState(() -> now, LIMITS);

  @Test
  void aRoundThatWaitsSaysForWhom() {
    twoExecutors();
    round(8);
    state.taskEnded(1);
    seconds(9);
    assertThat(state.look().pulse()).isEmpty();
    seconds(1);
    heard();
    assertThat(pulse().text()).isEqualTo("epoch 1 round 8: 10 s, waiting for worker 1 on node2");
    seconds(4);
    assertThat(state.look().pulse()).isEmpty();
    seconds(1);
    assertThat(pulse().elapsed()).isEqualTo(Duration.ofSeconds(15));
  }

  @Test
  void theMeanAndOtherWorkAreNamedToo() {
    twoExecutors();
    round(8);
    state.stageSubmitted(4, ClusterState.Kind.MEAN);
    state.taskEnded(1);
    state.taskEnded(2);
    state.taskStarted(4, 3, 5, "1", "node1");
    seconds(10);
    assertThat(pulse().state()).isEqualTo("waiting for the mean of part 5 on node1");
    state.jobEnded(8);
    seconds(10);
    assertThat(pulse().text()).isEqualTo("after epoch 1 round 8: 10 s, the driver is at work");
    state.jobStarted(9, "validation after epoch 1: evaluate 9 samples of shards");
    for (int task = 0; task < 5; task++) {
      state.taskStarted(5, 10 + task, task, "2", "node2");
    }
    heard();
    seconds(10);
    assertThat(pulse().text())
        .isEqualTo(
            "validation after epoch 1: 10 s, waiting for task 0 on node2, task 1 on node2,"
                + " task 2 on node2 and 2 more");
  }

  /** As where the mean of a round is formed while the next one is trained. */
  @Test
  void workBesideARoundIsNamedBehindItsWorkersAndOutlivesIt() {
    twoExecutors();
    round(8);
    state.jobStarted(9, "mean of epoch 1 round 7");
    state.stageSubmitted(4, ClusterState.Kind.MEAN);
    state.taskStarted(4, 3, 0, "1", "node1");
    seconds(10);
    assertThat(pulse().text())
        .startsWith("epoch 1 round 8: 10 s, waiting for worker 0 on ")
        .endsWith(", the mean of part 0 on node1");
    state.taskEnded(1);
    state.taskEnded(2);
    state.jobEnded(8);
    heard();
    seconds(10);
    assertThat(pulse().text())
        .isEqualTo("mean of epoch 1 round 7: 10 s, waiting for the mean of part 0 on node1");
    state.jobEnded(9);
    seconds(10);
    assertThat(pulse().text())
        .isEqualTo("after mean of epoch 1 round 7: 10 s, the driver is at work");
  }

  @Test
  void aRoundIsComparedWithTheOneBefore() {
    twoExecutors();
    round(1);
    seconds(20);
    assertThat(pulse().pace()).isEqualTo(Pace.LONGER);
    state.jobEnded(1);
    round(2);
    seconds(29);
    assertThat(pulse().pace()).isEqualTo(Pace.USUAL);
    seconds(6);
    assertThat(pulse().pace()).isEqualTo(Pace.LONGER);
  }

  @Test
  void anExecutorWithoutHeartbeatsIsNamedBeforeSparkLosesIt() {
    twoExecutors();
    round(8);
    seconds(12);
    state.heard("1");
    assertThat(state.look().news()).isEmpty();
    seconds(1);
    ClusterState.Look look = state.look();
    assertThat(look.news())
        .containsExactly("executor 2 on node2 has sent no sign of life for 13 s");
    seconds(5);
    assertThat(pulse().state())
        .isEqualTo("waiting for worker 1 on node2 (no sign of life), worker 0 on node1");
    assertThat(state.look().news()).isEmpty();
    state.heard("2");
    assertThat(state.look().news())
        .containsExactly("executor 2 on node2 is heard again after 18 s");
  }

  @Test
  void aLostExecutorIsNamedAndSoIsTheNext() {
    twoExecutors();
    round(8);
    state.executorRemoved("2", "Executor heartbeat timed out after 31000 ms\nat");
    state.executorRemoved("7", "never seen");
    state.executorAdded("3", "node3");
    assertThat(state.look().news())
        .containsExactly(
            "executor 2 on node2 is gone; its work runs again"
                + " (Executor heartbeat timed out after 31000 ms)",
            "executor 3 on node3 has come");
    seconds(10);
    assertThat(pulse().state()).isEqualTo("waiting for worker 0 on node1");
  }

  @Test
  void aClusterWithoutExecutorsIsGoneAfterAWhile() {
    seconds(599);
    assertThat(state.look().gone()).isEmpty();
    seconds(1);
    assertThat(state.look().gone())
        .contains("expected an executor of the cluster, found none for 600 s (none has come)");
    twoExecutors();
    assertThat(state.look().gone()).isEmpty();
    round(8);
    state.executorRemoved("1", "lost");
    state.executorRemoved("2", "lost");
    seconds(40);
    assertThat(pulse().state()).isEqualTo("waiting for an executor; there has been none for 40 s");
    seconds(560);
    assertThat(state.look().gone())
        .contains("expected an executor of the cluster, found none for 600 s (all are lost)");
  }

  /** As Spark does where a standalone master is gone with its executors. */
  @Test
  void aClusterWhoseLastExecutorsAreOnlySilentIsGoneToo() {
    twoExecutors();
    round(8);
    seconds(400);
    state.heard("2");
    seconds(599);
    assertThat(state.look().gone()).isEmpty();
    seconds(1);
    assertThat(state.look().gone())
        .contains("expected an executor of the cluster, found none for 600 s (all are lost)");
    state.heard("2");
    assertThat(state.look().gone()).isEmpty();
  }

  @Test
  void aSingleProcessHasNoExecutorsToMiss() {
    ClusterState local =
        new ClusterState(() -> now, new ClusterState.Limits(Duration.ofSeconds(22), null));
    local.jobStarted(1, "epoch 1 round 1: train 2 workers");
    seconds(1000);
    ClusterState.Look look = local.look();
    assertThat(look.gone()).isEmpty();
    assertThat(look.pulse().orElseThrow().state()).isEqualTo("waiting for a free core");
  }

  private void twoExecutors() {
    state.executorAdded("1", "node1");
    state.executorAdded("2", "node2");
  }

  /** Begins a round whose workers 0 and 1 are the tasks 1 and 2 on the executors 1 and 2. */
  private void round(int round) {
    state.jobStarted(round, "epoch 1 round " + round + ": train 2 workers");
    state.stageSubmitted(3, ClusterState.Kind.WORKER);
    state.taskStarted(3, 1, 0, "1", "node1");
    state.taskStarted(3, 2, 1, "2", "node2");
  }

  private void heard() {
    state.heard("1");
    state.heard("2");
  }

  private void seconds(long seconds) {
    now += 1000 * seconds;
  }

  private Progress.Pulse pulse() {
    return state.look().pulse().orElseThrow();
  }
}
