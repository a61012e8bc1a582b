package io.spikeformer.data.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.events.EventFiles;
import io.spikeformer.data.events.FrameOptions;
import io.spikeformer.data.order.SeededRandom;
import io.spikeformer.data.sample.ContentKind;
import io.spikeformer.data.sample.Rejection;
import io.spikeformer.data.sample.SampleKind;
import io.spikeformer.data.sample.TruthKind;
import io.spikeformer.data.shard.ManifestFormat;
import io.spikeformer.data.shard.ShardCheck;
import io.spikeformer.data.shard.ShardManifest;
import io.spikeformer.data.shard.ShardSet;
import io.spikeformer.data.shard.ShardWriter;
import io.spikeformer.data.storage.InvalidSampleException;
import io.spikeformer.data.storage.Storage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Damaged recordings on the whole way to their shard: each becomes a sample or is listed. */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EventPathFuzzTest {
  private static final int CASES = 120;
  private static final int PICTURES = 9;

  private final Storage storage = new Storage(new Configuration());
  @TempDir Path folder;

  @Test
  void everyDamagedRecordingBecomesASampleOrIsListedWithAReason() throws Exception {
    SeededRandom random = new SeededRandom(11);
    StringBuilder labels = new StringBuilder();
    List<String> compressions = List.of("NONE", "LZ4", "LZ4_HIGH", "ZSTD", "ZSTD_HIGH");
    for (int i = 0; i < CASES; i++) {
      byte[] aedat4 = EventFiles.aedat4(400, i, compressions.get(i % compressions.size()));
      put(Text.format("action_001/a%d.aedat4", i), EventFiles.damaged(aedat4, random));
      put(Text.format("action_002/n%d.npz", i), EventFiles.damaged(EventFiles.npz(400, i), random));
      for (int picture = 0; picture < PICTURES; picture++) {
        byte[] png = EventFiles.picture(64, 64, i, 300 + picture);
        boolean isDamaged = picture == i % PICTURES;
        put(
            Text.format("action_003/p%d/%d.png", i, picture),
            isDamaged ? EventFiles.damaged(png, random) : png);
      }
      labels.append(Text.format("action_001/a%d 0\naction_002/n%d 1\naction_003/p%d 2\n", i, i, i));
    }
    put("train_label.txt", labels.toString().getBytes(StandardCharsets.UTF_8));
    DatasetSpec spec =
        EventSettings.of(FrameOptions.ofSize(32, 40))
            .toSpec(folder.resolve("in").toString(), "train");

    ShardWriter.Written shard = convert(spec);

    assertThat(shard.shard().rows() + shard.rejected().size()).isEqualTo(3 * CASES);
    assertThat(shard.rejected()).hasSizeBetween(CASES, 3 * CASES - 1);
    assertThat(shard.rejected())
        .allSatisfy(
            rejection -> {
              assertThat(rejection.reason()).isNotBlank().doesNotContain("\n");
              assertThat(rejection.reason().length()).isLessThan(700);
            });
    assertThat(new ShardCheck(ShardSet.open(split().toString(), new Configuration())).check(0))
        .satisfies(found -> assertThat(found.problems()).isEmpty());
  }

  @Test
  void damagedLabelFilesAreReadOrRefused() throws Exception {
    put("action_001/a.npz", EventFiles.npz(20, 1));
    byte[] labels = "action_001/a 0\naction_300/dvSave-3 299\n".getBytes(StandardCharsets.UTF_8);
    DatasetSpec spec =
        EventSettings.of(FrameOptions.ofSize(32, 40))
            .toSpec(folder.resolve("in").toString(), "train");
    SeededRandom random = new SeededRandom(12);
    int refused = 0;
    for (int i = 0; i < CASES; i++) {
      put("train_label.txt", EventFiles.damaged(labels, random));
      try {
        SourceIndex index = Datasets.open(storage, spec).index();
        assertThat(index.files()).isBetween(1L, 2L);
      } catch (UserException reason) {
        assertThat(reason.getMessage()).isNotBlank().doesNotContain("\n");
        refused++;
      }
    }
    assertThat(refused).isBetween(CASES / 2, CASES - 1);
  }

  private ShardWriter.Written convert(DatasetSpec spec) {
    Dataset dataset = Datasets.open(storage, spec);
    SourceIndex index = dataset.index();
    assertThat(index.files()).isEqualTo(3 * CASES);
    SamplePreparation preparation = dataset.preparation(index.classes());
    ShardWriter.Written shard =
        new ShardWriter(storage, split(), new SampleKind(ContentKind.EVENTS, TruthKind.CLASS_LABEL))
            .write(
                0,
                sink -> {
                  for (SourcePart part : index.parts()) {
                    try (SourceReader reader = dataset.read(part)) {
                      while (reader.hasNext()) {
                        write(reader.next(), preparation, sink);
                      }
                    }
                  }
                });
    ManifestFormat.write(
        storage,
        split(),
        new ShardManifest(
            ShardManifest.SCHEMA_VERSION,
            new SampleKind(ContentKind.EVENTS, TruthKind.CLASS_LABEL),
            "train",
            index.classes(),
            new ShardManifest.Source(
                spec.dataset(), spec.input(), index.files(), index.bytes(), 0, 1, spec.settings()),
            shard.shard().rows(),
            shard.rejected().size(),
            0,
            List.of(shard.shard())));
    return shard;
  }

  private static void write(SourceEntry entry, SamplePreparation preparation, ShardWriter.Sink sink)
      throws IOException {
    RawSample raw = entry.read();
    if (raw.rejection() != null) {
      sink.reject(new Rejection(entry.key(), raw.rejection()));
      return;
    }
    try {
      sink.accept(preparation.prepare(entry.key(), raw));
    } catch (InvalidSampleException reason) {
      sink.reject(new Rejection(entry.key(), reason.getMessage()));
    }
  }

  private org.apache.hadoop.fs.Path split() {
    return Storage.path(folder.resolve("out/train").toString());
  }

  private void put(String name, byte[] content) throws IOException {
    Path file = folder.resolve("in").resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, content);
  }
}
