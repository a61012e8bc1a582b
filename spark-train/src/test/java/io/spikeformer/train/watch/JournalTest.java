package io.spikeformer.train.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.spikeformer.data.storage.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
    EventRecords records = new EventRecords();
    for (long step = 1; step <= 300; step++) {
      first.add(records.scalars(step, Map.of("train/loss", 1.0 / step)));
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

  /** The host that goes on has a clock that is a minute behind. */
  @ParameterizedTest
  @ValueSource(strings = {"file", "store"})
  void eventsAreInTheOrderOfTimeAfterAResume(String scheme) throws IOException {
    AtomicLong clock = new AtomicLong(1_000_000_000);
    goOn(scheme, clock, 0, 6);
    clock.addAndGet(-60_000);
    goOn(scheme, clock, 4, 8);
    clock.addAndGet(300_000);
    goOn(scheme, clock, 8, 10);

    List<EventReader.Event> events = new ArrayList<>();
    for (String name : names()) {
      events.addAll(EventReader.read(Files.readAllBytes(folder.resolve(name))));
    }
    assertThat(events).extracting(EventReader.Event::wallTime).isSorted();
    assertThat(events.get(0).version()).isEqualTo("brain.Event:2");
    assertThat(events)
        .filteredOn(event -> event.version().isEmpty())
        .extracting(EventReader.Event::step)
        .containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L);
    assertThat(events.get(0).wallTime()).isEqualTo(1_000_000.001);
  }

  /** Resumes after a step and goes on to another, with a checkpoint after every second one. */
  private void goOn(String scheme, AtomicLong clock, long from, long to) {
    EventRecords records = new EventRecords(clock::incrementAndGet);
    Journal journal = new Journal(storage(), at(scheme), Watch.EVENTS, records, warnings::add);
    journal.open(from, event -> {});
    for (long step = from + 1; step <= to; step++) {
      journal.add(records.scalars(step, Map.of("train/loss", 1.0 / step)));
      if (step % 2 == 0) {
        journal.checkpoint(step);
      }
    }
  }

  private Journal lines(String scheme) {
    return new Journal(storage(), at(scheme), Watch.ROUNDS, Lines.ofRounds(), warnings::add);
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
