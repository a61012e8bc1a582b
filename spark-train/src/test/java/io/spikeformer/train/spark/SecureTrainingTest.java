package io.spikeformer.train.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.spikeformer.train.Progress;
import io.spikeformer.train.SmallSplit;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training with authentication, encryption and an event log. */
@Tag("slow")
class SecureTrainingTest {
  private static final String SECRET = "correct-horse-battery";
  private static final String KEY = "staple-of-the-store";

  @TempDir private Path folder;

  @Test
  void trainsEncryptedAndWritesNoCredentials() throws IOException {
    String train = SmallSplit.write(folder.resolve("train"), 2, 8);
    Path events = Files.createDirectories(folder.resolve("events"));
    SparkConf conf =
        SparkTests.conf("local-cluster[2,1,1024]")
            .set("spark.authenticate", "true")
            .set("spark.authenticate.secret", SECRET)
            .set("spark.network.crypto.enabled", "true")
            .set("spark.io.encryption.enabled", "true")
            .set("spark.eventLog.enabled", "true")
            .set("spark.eventLog.dir", events.toUri().toString())
            .set("spark.hadoop.fs.s3a.secret.key", KEY);
    try (JavaSparkContext spark = new JavaSparkContext(conf)) {
      TrainingPlaces places = new TrainingPlaces(train, null, folder.resolve("out").toString());
      TrainingResult result =
          new TrainingRun(
                  spark,
                  SmallSplit.recipe("averaging.moments=local", "schedule.epochs=1"),
                  places,
                  new TrainingOptions(TrainingOptions.Start.FRESH, "auto", 1, 1),
                  Progress.SILENT)
              .run();
      assertThat(result.checkpoint().position().step()).isEqualTo(2);
    }
    int read = 0;
    for (Path root : new Path[] {events, folder.resolve("out")}) {
      try (Stream<Path> files = Files.walk(root)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          String text = Files.readString(file, StandardCharsets.ISO_8859_1);
          assertThat(text.contains(SECRET) || text.contains(KEY)).as("%s", file).isFalse();
          read++;
        }
      }
    }
    assertThat(read).isGreaterThan(4);
    try (Stream<Path> files = Files.list(events)) {
      assertThat(files.findFirst().orElseThrow())
          .content()
          .contains("SparkListenerJobEnd", "*********(redacted)");
    }
  }
}
