package io.spikeformer.train.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.spikeformer.data.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
  @TempDir private Path folder;
  private final List<String> warnings = new ArrayList<>();

  @Test
  void whatIsAddedIsInTheFileAtOnceAndCutBackToTheCheckpoint() throws IOException {
    Journal first = lines("file");
    first.open(0, line -> {});
    IntStream.rangeClosed(1, 5).forEach(i -> first.add(Lines.encode(Rounds.round(i))));
    assertThat(steps("rounds.jsonl")).containsExactly(2L, 4L, 6L, 8L, 10L);
    Files.writeString(
        folder.resolve("rounds.jsonl"), "{\"epoch\":3,\"rou", StandardOpenOption.APPEND);

    Journal second = lines("file");
    List<Long> kept = new ArrayList<>();
    second.open(6, line -> kept.add(Lines.decode(line).place().step()));
    assertThat(kept).containsExactly(2L, 4L, 6L);
    second.add(Lines.encode(Rounds.round(4)));
    assertThat(steps("rounds.jsonl")).containsExactly(2L, 4L, 6L, 8L);
    assertThat(warnings).isEmpty();
  }

  @Test
  void aStoreWithoutAppendHasAFileForEveryCheckpoint() throws IOException {
    Journal first = lines("store");
    first.open(0, line -> {});
    IntStream.rangeClosed(1, 5)
        .forEach(
            i -> {
              first.add(Lines.encode(Rounds.round(i)));
              if (i % 2 == 0) {
                first.checkpoint(2L * i);
              }
            });
    assertThat(names()).containsExactly("rounds-000000000004.jsonl", "rounds-000000000008.jsonl");
    assertThat(steps("rounds-000000000008.jsonl")).containsExactly(6L, 8L);

    Journal second = lines("store");
    List<Long> kept = new ArrayList<>();
    second.open(4, line -> kept.add(Lines.decode(line).place().step()));
    assertThat(kept).containsExactly(2L, 4L);
    assertThat(names()).containsExactly("rounds-000000000004.jsonl");
    second.add(Lines.encode(Rounds.round(3)));
    second.checkpoint(6);
    assertThat(names()).containsExactly("rounds-000000000004.jsonl", "rounds-000000000006.jsonl");
  }

  @Test
  void aPieceThatCannotBeWrittenIsReportedOnceAndWrittenWithTheNext() throws IOException {
    Path file = folder.resolve("rounds.jsonl");
    Journal journal = lines("file");
    journal.open(0, line -> {});
    journal.add(Lines.encode(Rounds.round(1)));
    byte[] whole = Files.readAllBytes(file);
    Files.delete(file);
    Files.createDirectory(file);
    journal.add(Lines.encode(Rounds.round(2)));
    journal.add(Lines.encode(Rounds.round(3)));
    assertThat(warnings).hasSize(1);
    assertThat(warnings.get(0)).startsWith("rounds.jsonl in file:").contains("will be tried again");
    Files.delete(file);
    Files.write(file, whole);
    Files.writeString(file, "half a li", StandardOpenOption.APPEND);
    journal.add(Lines.encode(Rounds.round(4)));
    assertThat(steps("rounds.jsonl")).containsExactly(2L, 4L, 6L, 8L);
    assertThat(warnings).hasSize(1);
  }

  @Test
  void eventsAreCutAtTheFirstRecordThatIsNotWhole() throws IOException {
    Path file = folder.resolve("events.out.tfevents");
    Journal first = events();
    first.open(0, event -> {});
    for (long step = 1; step <= 300; step++) {
      first.add(EventRecords.scalars(step, java.util.Map.of("train/loss", 1.0 / step)));
    }
    Journal second = events();
    second.open(200, event -> {});
    List<EventReader.Event> read = EventReader.read(Files.readAllBytes(file));
    assertThat(read).hasSize(201);
    assertThat(read.get(0).version()).isEqualTo("brain.Event:2");
    assertThat(read.get(200).step()).isEqualTo(200);
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 10] ^= 1;
    Files.write(file, bytes);
    events().open(1000, event -> {});
    assertThat(EventReader.read(Files.readAllBytes(file))).hasSize(200);
  }

  private Journal lines(String scheme) {
    return new Journal(storage(), at(scheme), Watch.ROUNDS, new Lines(), warnings::add);
  }

  private Journal events() {
    return new Journal(storage(), at("file"), Watch.EVENTS, new EventRecords(), warnings::add);
  }

  private static Storage storage() {
    return new Storage(PlainStore.configure(new Configuration()));
  }

  private org.apache.hadoop.fs.Path at(String scheme) {
    return Storage.path(scheme + ":" + folder);
  }

  private List<Long> steps(String name) throws IOException {
    return Files.readAllLines(folder.resolve(name)).stream()
        .map(line -> io.spikeformer.train.RoundMetrics.fromJson(line).place().step())
        .toList();
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
