package io.spikeformer.train.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

import io.spikeformer.common.UserException;
import io.spikeformer.model.KernelProvider;
import io.spikeformer.model.SpikeformerModel;
import io.spikeformer.model.block.ParameterLayout.Entry;
import io.spikeformer.model.checkpoint.Checkpoint;
import io.spikeformer.model.checkpoint.EpochTotals;
import io.spikeformer.model.checkpoint.TrainingPosition;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.train.DataIdentity;
import io.spikeformer.train.Progress;
import io.spikeformer.train.SmallSplit;
import io.spikeformer.train.output.CheckpointStore;
import io.spikeformer.train.output.OutputFolder;
import io.spikeformer.train.recipe.Recipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;

/** A training has one teacher from its first step to its last, whatever becomes of the files. */
class PinnedTeacherTest extends TrainingLab {
  private static final Configuration HADOOP = new Configuration();

  private Recipe recipe(String teacher) {
    return SmallSplit.recipe("model.head=distilled", "distillation.teacher=" + path(teacher));
  }

  /** Adds a checkpoint of a model to the output folder of a training that still runs. */
  private Path teacher(String output, int epoch, int seed) {
    NetworkConfig config = SmallSplit.recipe().model().toConfig();
    try (Kernels kernels = KernelProvider.create("reference", 1);
        SpikeformerModel model = SpikeformerModel.create(config, kernels, seed)) {
      // an untrained model answers nothing at all
      Entry bias = model.layout().entry("head/linear.bias");
      float[] answer = new float[(int) bias.length()];
      answer[seed % answer.length] = 3;
      model.state().slice(bias.offset(), bias.length()).put(answer);
      Checkpoint checkpoint =
          new Checkpoint(
              config,
              new TrainingPosition(epoch, 0, epoch, EpochTotals.EMPTY),
              "",
              "",
              List.of(),
              model.state().toArray(),
              List.of());
      return Path.of(checkpoints(output).save(checkpoint).toUri().getPath());
    }
  }

  private CheckpointStore checkpoints(String output) {
    return new OutputFolder(path(output), HADOOP).checkpoints(9);
  }

  private TrainingRun resumed(Recipe recipe, String output) {
    return training(recipe, output, OPTIONS.resuming(), Progress.SILENT);
  }

  @Test
  void aTeacherThatIsTrainedFurtherStaysTheSameForReplicasThatAreBuiltLater() {
    teacher("fixed", 1, 10);
    teacher("growing", 1, 10);
    TrainingResult expected = run(recipe("fixed"), "expected");
    Progress newTeacherAndReplicas =
        new Progress() {
          @Override
          public void roundFinished(Round finished) {
            if (finished.epoch() == 1 && finished.round() == 1) {
              teacher("growing", 2, 11);
              // another run takes the place of this one's replicas, as a new executor would
              run(SmallSplit.recipe("schedule.epochs=1"), "between");
            }
          }
        };
    TrainingResult found =
        training(recipe("growing"), "found", OPTIONS, newTeacherAndReplicas).run();

    assertSameBits(values(found), values(expected));
    float[] ofTheNewOne = values(run(recipe("growing"), "other"));
    assertThat(Arrays.mismatch(ofTheNewOne, values(expected))).isNotEqualTo(-1);
    assertThat(found.checkpoint().recipe()).contains("teacher: " + path("growing") + "\n");
  }

  @Test
  void resumingWithATeacherThatWasReplacedIsRefused() throws IOException {
    Path file = teacher("teacher", 1, 10);
    Recipe recipe = recipe("teacher");
    TrainingResult whole = run(recipe, "whole");
    killed(recipe, "killed");
    Path copy = Files.copy(file, folder.resolve("copy.spkf"));
    teacher("teacher", 1, 11);

    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> resumed(recipe, "killed"))
        .withMessageMatching(
            "resume: the teacher of checkpoint \\S+/killed/checkpoints/\\S+ differs: expected"
                + " (\\S+/teacher/checkpoints/epoch-00001-round-000000.spkf), SHA-256"
                + " ([0-9a-f]{64}), found \\1, SHA-256 (?!\\2)[0-9a-f]{64}; restore that file, name"
                + " a copy of it with --set distillation.teacher=URI, or train into another"
                + " folder");
    TrainingResult resumed = resumed(recipe("copy.spkf"), "killed").run();
    assertSameBits(values(resumed), values(whole));
  }

  @Test
  void aCheckpointThatDoesNotNameItsTeacherGoesOnWithAnyFile() throws IOException {
    Path file = teacher("teacher", 1, 10);
    Recipe recipe = recipe("teacher");
    killed(recipe, "killed");
    CheckpointStore store = checkpoints("killed");
    Checkpoint newest = store.newest(message -> {}).orElseThrow().checkpoint();
    DataIdentity data = DataIdentity.parse(newest.data());
    assertThat(Path.of(java.net.URI.create(data.teacher().file()))).isEqualTo(file);
    store.save(
        new Checkpoint(
            newest.config(),
            newest.position(),
            newest.recipe(),
            data.samples(),
            newest.history(),
            newest.state(),
            newest.moments()));
    teacher("teacher", 1, 11);

    assertThatNoException().isThrownBy(() -> resumed(recipe, "killed"));
  }

  private void killed(Recipe recipe, String output) {
    Progress killer =
        new Progress() {
          @Override
          public void roundFinished(Round finished) {
            if (finished.epoch() == 2) {
              throw new Killed();
            }
          }
        };
    assertThatExceptionOfType(Killed.class)
        .isThrownBy(() -> training(recipe, output, OPTIONS, killer).run());
  }

  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }
}
