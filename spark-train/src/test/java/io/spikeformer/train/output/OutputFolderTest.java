package io.spikeformer.train.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.spikeformer.common.UserException;
import io.spikeformer.model.checkpoint.Checkpoint;
import io.spikeformer.model.checkpoint.CheckpointFormat;
import io.spikeformer.model.checkpoint.NewerVersionException;
import io.spikeformer.train.ConstantCheckpoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputFolderTest {
  private static final Configuration HADOOP = new Configuration();

  @TempDir private Path folder;

  @Test
  void aFinishedModelIsPreferredToItsCheckpoints() {
    OutputFolder output = new OutputFolder(folder.toString(), HADOOP);
    output.checkpoints(3).save(ConstantCheckpoint.of(1, 1));
    output.checkpoints(3).save(ConstantCheckpoint.of(2, 2));
    assertThat(load("").state()).containsOnly(2);
    output.writeModel(ConstantCheckpoint.of(3, 3));
    assertThat(load("").state()).containsOnly(3);
    assertThat(load("checkpoints/epoch-00001-round-000000.spkf").state()).containsOnly(1);
  }

  @Test
  void keepsTheNewestFiles() {
    CheckpointStore store = new OutputFolder(folder.toString(), HADOOP).checkpoints(2);
    for (int epoch = 8; epoch <= 11; epoch++) {
      store.save(ConstantCheckpoint.of(epoch, epoch));
    }
    assertThat(store.files())
        .extracting(org.apache.hadoop.fs.Path::getName)
        .containsExactly("epoch-00010-round-000000.spkf", "epoch-00011-round-000000.spkf");
  }

  @Test
  void damagedCheckpointsArePassedOverAndOnlyDamagedOnesAreAnError() throws IOException {
    CheckpointStore store = new OutputFolder(folder.toString(), HADOOP).checkpoints(3);
    assertThat(store.newest(message -> {})).isEmpty();
    store.save(ConstantCheckpoint.of(1, 1));
    store.save(ConstantCheckpoint.of(2, 2));
    truncate("epoch-00002-round-000000.spkf");
    List<String> warnings = new ArrayList<>();
    assertThat(store.newest(warnings::add).orElseThrow().checkpoint().state()).containsOnly(1);
    assertThat(warnings).hasSize(1);
    truncate("epoch-00001-round-000000.spkf");
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> store.newest(message -> {}))
        .withMessageEndingWith(
            "expected a whole one, found 2 damaged; train again into another folder");
  }

  @Test
  void aCheckpointOfANewerReleaseIsNotPassedOverForAnOlderOne() throws IOException {
    CheckpointStore store = new OutputFolder(folder.toString(), HADOOP).checkpoints(3);
    store.save(ConstantCheckpoint.of(1, 1));
    store.save(ConstantCheckpoint.of(2, 2));
    raiseVersion("epoch-00002-round-000000.spkf");
    List<String> warnings = new ArrayList<>();
    assertThatExceptionOfType(NewerVersionException.class)
        .isThrownBy(() -> store.newest(warnings::add))
        .withMessageContaining(
            "epoch-00002-round-000000.spkf: expected format version 1 to "
                + CheckpointFormat.VERSION)
        .withMessageEndingWith(
            "found " + (CheckpointFormat.VERSION + 1) + "; use the release that wrote it");
    assertThatExceptionOfType(NewerVersionException.class).isThrownBy(() -> load(""));
    assertThat(warnings).isEmpty();
  }

  @Test
  void aFolderWithoutAModelSaysWhatItLacks() {
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> load("nowhere"))
        .withMessageEndingWith(
            "nowhere: expected a checkpoint or a training's output folder, found nothing");
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> load(""))
        .withMessageEndingWith("expected model.spkf or checkpoints/ in it, found neither");
  }

  private Checkpoint load(String name) {
    return OutputFolder.load(folder.resolve(name).toString(), HADOOP, message -> {});
  }

  private void truncate(String name) throws IOException {
    Path file = folder.resolve("checkpoints").resolve(name);
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length - 3));
  }

  /** The version field, and the header's checksum so that it is right. */
  private void raiseVersion(String name) throws IOException {
    Path file = folder.resolve("checkpoints").resolve(name);
    byte[] bytes = Files.readAllBytes(file);
    ByteBuffer numbers = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int end = 16 + numbers.putInt(8, CheckpointFormat.VERSION + 1).getInt(12);
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, end);
    numbers.putInt(end, (int) crc.getValue());
    Files.write(file, bytes);
  }
}
