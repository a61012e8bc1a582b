package io.spikeformer.train.teacher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.spikeformer.common.UserException;
import io.spikeformer.data.storage.Checksums;
import io.spikeformer.model.checkpoint.Checkpoint;
import io.spikeformer.train.ConstantCheckpoint;
import io.spikeformer.train.DataIdentity;
import io.spikeformer.train.output.OutputFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TeacherIdentityTest {
  private static final Configuration HADOOP = new Configuration();

  @TempDir private Path folder;

  private Path checkpoint(float value) {
    String output = folder.resolve("a teacher").toString();
    Checkpoint checkpoint = ConstantCheckpoint.of(1, value);
    return Path.of(new OutputFolder(output, HADOOP).writeModel(checkpoint).toUri().getPath());
  }

  @Test
  void aCheckpointIsItsFileAndTheChecksumOfItsBytes() throws IOException {
    Path file = checkpoint(1);
    TeacherIdentity found =
        TeacherFile.load(file.getParent().toString(), HADOOP, message -> {}).identity();
    assertThat(found.file()).isEqualTo("file:" + file);
    assertThat(found.sha256()).isEqualTo(Checksums.sha256(Files.readAllBytes(file)));
    assertThat(found.load(HADOOP).identity()).isEqualTo(found);
  }

  @Test
  void anOnnxFileIsItsFileAndTheChecksumOfItsBytes() throws IOException {
    Path file = Files.writeString(folder.resolve("t.ONNX"), "weights");
    TeacherIdentity found = TeacherFile.load(file.toString(), HADOOP, message -> {}).identity();
    assertThat(found.sha256()).isEqualTo(Checksums.sha256(Files.readAllBytes(file)));
    assertThat(found.load(HADOOP)).isInstanceOf(OnnxFile.class);
    Files.writeString(file, "others");
    refused(found, "SHA-256 " + Checksums.sha256(Files.readAllBytes(file)));
  }

  @Test
  void aFileThatWasReplacedOrIsGoneIsRefusedInOneLine() throws IOException {
    Path file = checkpoint(1);
    TeacherIdentity first = TeacherFile.load(file.toString(), HADOOP, message -> {}).identity();
    checkpoint(2);
    refused(first, "SHA-256 " + Checksums.sha256(Files.readAllBytes(file)));
    Files.delete(file);
    refused(first, "no such file");
  }

  private static void refused(TeacherIdentity teacher, String found) {
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> teacher.load(HADOOP))
        .withMessage(
            "teacher %s: expected the file that the training began with, SHA-256 %s, found %s; put"
                + " it back and continue with --resume",
            teacher.file(), teacher.sha256(), found);
  }

  @Test
  void whatATrainingLearnsFromIsReadBackFromItsText() {
    TeacherIdentity teacher = new TeacherIdentity("file:/t; teacher u, SHA-256 v", "0a".repeat(32));
    for (DataIdentity data :
        List.of(
            new DataIdentity("33 samples in 3 shards, checksum 5f", null),
            new DataIdentity("33 samples in 3 shards, checksum 5f", teacher))) {
      assertThat(DataIdentity.parse(data.text())).isEqualTo(data);
    }
  }
}
