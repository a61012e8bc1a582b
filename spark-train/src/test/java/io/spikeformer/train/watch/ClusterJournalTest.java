package io.spikeformer.train.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.spikeformer.common.Text;
import io.spikeformer.data.storage.Storage;
import io.spikeformer.train.Progress;
import io.spikeformer.train.Progress.Pace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterJournalTest {
  private static final String WAITING = "waiting for worker 2 on node7";

  @TempDir private Path folder;

  @Test
  void onlyLongRoundsAndNewsAreWrittenAndNothingIsCutOff() throws IOException {
    ClusterJournal first = journal(0);
    first.pulse(pulse(45, WAITING, Pace.USUAL));
    first.pulse(pulse(29, WAITING, Pace.LONGER));
    assertThat(folder.resolve("cluster.jsonl")).doesNotExist();
    first.roundFinished(14);
    first.pulse(pulse(45, WAITING, Pace.LONGER));
    first.pulse(pulse(50, WAITING, Pace.LONGER));
    first.pulse(pulse(105, WAITING, Pace.LONGER));
    first.news("executor 3 on node7 is gone");
    // goes on from an earlier checkpoint: what happened has happened
    journal(6).news("executor 4 on node8 has come");
    List<String> lines = Files.readAllLines(folder.resolve("cluster.jsonl"));
    String time = "\\{\"time\":\"2[0-9T:-]+Z\",";
    assertThat(lines).hasSize(4);
    assertThat(lines.get(0)).matches(time + waiting(45));
    assertThat(lines.get(1)).matches(time + waiting(105));
    assertThat(lines.get(2))
        .matches(time + "\"step\":14,\"text\":\"executor 3 on node7 is gone\"}");
    assertThat(lines.get(3))
        .matches(time + "\"step\":6,\"text\":\"executor 4 on node8 has come\"}");
  }

  private ClusterJournal journal(long startStep) {
    Storage storage = new Storage(new Configuration());
    return new ClusterJournal(
        new Journal(
            storage,
            Storage.path("file:" + folder),
            Watch.CLUSTER,
            Lines.ofCluster(),
            warning -> assertThat(warning).isNull()),
        startStep);
  }

  private static String waiting(int seconds) {
    return Text.format(
        "\"step\":14,\"work\":\"epoch 1 round 8\",\"seconds\":%d,\"text\":\"%s\"}",
        seconds, WAITING);
  }

  private static Progress.Pulse pulse(long seconds, String state, Pace pace) {
    return new Progress.Pulse("epoch 1 round 8", Duration.ofSeconds(seconds), state, pace);
  }
}
