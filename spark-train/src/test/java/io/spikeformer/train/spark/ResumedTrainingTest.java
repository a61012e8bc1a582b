package io.spikeformer.train.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.spikeformer.common.UserException;
import io.spikeformer.model.block.ParameterLayout;
import io.spikeformer.model.checkpoint.Arithmetic;
import io.spikeformer.model.checkpoint.Checkpoint;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.train.Progress;
import io.spikeformer.train.SmallSplit;
import io.spikeformer.train.StartingPoint;
import io.spikeformer.train.output.CheckpointStore;
import io.spikeformer.train.output.EpochMetrics;
import io.spikeformer.train.output.OutputFolder;
import io.spikeformer.train.recipe.Recipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;

/** Trainings that were killed, or have ended, and go on. */
class ResumedTrainingTest extends TrainingLab {
  @Test
  void aRunThatWasKilledAndResumedEndsWithTheSameBits() throws IOException {
    Recipe recipe = SmallSplit.recipe();
    TrainingResult whole = run(recipe, "whole");
    Killer killer = new Killer(2, 1);
    assertThatExceptionOfType(Killed.class)
        .isThrownBy(() -> training(recipe, "killed", OPTIONS, killer).run());
    assertThat(folder.resolve("killed/model.spkf")).doesNotExist();
    Path unfinished = folder.resolve("killed/checkpoints/.unfinished-epoch-00001.spkf-1");
    Files.write(unfinished, new byte[100]);
    TrainingResult resumed = training(recipe, "killed", OPTIONS.resuming(), Progress.SILENT).run();

    assertThat(unfinished).doesNotExist();
    assertThat(folder.resolve("killed/model.spkf"))
        .hasSameBinaryContentAs(folder.resolve("whole/model.spkf"));
    assertSameBits(values(resumed), values(whole));
    assertThat(resumed.checkpoint().stateSha256()).isEqualTo(whole.checkpoint().stateSha256());
    assertThat(resumed.checkpoint().momentsSha256())
        .isPresent()
        .isEqualTo(whole.checkpoint().momentsSha256());
    assertThat(resumed.checkpoint().position().step())
        .isEqualTo(whole.checkpoint().position().step())
        .isEqualTo(8);
    List<EpochMetrics> expected = metrics("whole");
    List<EpochMetrics> found = metrics("killed");
    assertThat(found).extracting(EpochMetrics::epoch).containsExactly(1, 2);
    for (int i = 0; i < 2; i++) {
      assertThat(found.get(i).trainLoss()).isEqualTo(expected.get(i).trainLoss());
      assertThat(found.get(i).trainFigure()).isEqualTo(expected.get(i).trainFigure());
      assertThat(found.get(i).validation()).isEqualTo(expected.get(i).validation());
    }
  }

  /** Epochs of 4 steps in rounds of 2: the last round of 7 steps has one. */
  @Test
  void iterationsEndAtTheirStepAlsoAfterAResume() throws IOException {
    Recipe recipe =
        SmallSplit.recipe(
            "schedule.epochs=null",
            "schedule.warm-up-epochs=null",
            "schedule.iterations=7",
            "schedule.warm-up-iterations=3",
            "schedule.warm-up-start=0.1",
            "schedule.decay=polynomial");
    TrainingResult whole = run(recipe, "iterations");
    assertThat(whole.checkpoint().position().epoch()).isEqualTo(2);
    assertThat(whole.checkpoint().position().step()).isEqualTo(7);
    assertThat(metrics("iterations")).extracting(EpochMetrics::rounds).containsExactly(2, 2);
    assertThatExceptionOfType(Killed.class)
        .isThrownBy(() -> training(recipe, "cut", OPTIONS, new Killer(2, 2)).run());
    TrainingResult resumed = training(recipe, "cut", OPTIONS.resuming(), Progress.SILENT).run();
    assertThat(resumed.checkpoint().position().step()).isEqualTo(7);
    assertSameBits(values(resumed), values(whole));
  }

  @Test
  void frozenPartsStayOverWorkersRoundsAndAResume() {
    Recipe recipe =
        SmallSplit.recipe(
            "freeze.stages=2",
            "freeze.normalisation=statistics",
            "optimizer.decay-on=all",
            "averaging.transport=bfloat16",
            "averaging.outer.momentum=0.5");
    TrainingResult whole = run(recipe, "frozen");
    assertThatExceptionOfType(Killed.class)
        .isThrownBy(() -> training(recipe, "thawed", OPTIONS, new Killer(2, 1)).run());
    TrainingResult resumed = training(recipe, "thawed", OPTIONS.resuming(), Progress.SILENT).run();
    assertSameBits(values(resumed), values(whole));
    float[] before =
        StartingPoint.fresh(recipe, SmallSplit.CLASSES, new Configuration(), Progress.SILENT)
            .state()
            .values();
    NetworkConfig network = recipe.model().toConfig();
    Set<String> blocks = recipe.freeze().toFrozenParts().blocks(network);
    for (ParameterLayout.Entry entry : ParameterLayout.of(network).entries()) {
      int from = (int) entry.offset();
      int to = from + (int) entry.length();
      boolean same = Arrays.equals(values(whole), from, to, before, from, to);
      boolean frozen = blocks.contains(entry.block()) || !entry.kind().trainable();
      if (frozen || entry.kind() == ParameterLayout.Kind.WEIGHT) {
        assertThat(same).as(entry.name()).isEqualTo(frozen);
      }
    }
  }

  @Test
  void aRunThatIsResumedWithRecomputationEndsWithTheSameBits() {
    TrainingResult whole = run(SmallSplit.recipe("model.timesteps=2"), "kept");
    assertThatExceptionOfType(Killed.class)
        .isThrownBy(
            () ->
                training(SmallSplit.recipe("model.timesteps=2"), "again", OPTIONS, new Killer(1, 2))
                    .run());
    Recipe other = SmallSplit.recipe("model.timesteps=2", "recompute=block");
    TrainingResult resumed = training(other, "again", OPTIONS.resuming(), Progress.SILENT).run();
    assertThat(resumed.checkpoint().position().round()).isZero();
    assertThat(resumed.checkpoint().recipe()).contains("recompute: block");
    assertSameBits(values(resumed), values(whole));
  }

  @Test
  void aDamagedNewestCheckpointIsReportedAndTheOneBeforeIsUsed() throws IOException {
    Recipe recipe = SmallSplit.recipe();
    TrainingResult whole = run(recipe, "whole");
    assertThatExceptionOfType(Killed.class)
        .isThrownBy(() -> training(recipe, "damaged", OPTIONS, new Killer(2, 2)).run());
    Path newest = folder.resolve("damaged/checkpoints/epoch-00001-round-000001.spkf");
    byte[] bytes = Files.readAllBytes(newest);
    bytes[bytes.length / 2] ^= 4;
    Files.write(newest, bytes);

    List<String> warnings = new ArrayList<>();
    TrainingResult resumed =
        training(recipe, "damaged", OPTIONS.resuming(), warnings(warnings)).run();
    assertThat(warnings).hasSize(1);
    assertThat(warnings.get(0))
        .contains("epoch-00001-round-000001.spkf is damaged: expected checksum")
        .endsWith("using the one before, epoch-00001-round-000000.spkf");
    assertSameBits(values(resumed), values(whole));
  }

  @Test
  void aCheckpointFromBeforeTheAugmentationKeysIsContinuedToTheSameBits() {
    Recipe recipe = SmallSplit.recipe();
    TrainingResult whole = run(recipe, "whole");
    assertThatExceptionOfType(Killed.class)
        .isThrownBy(() -> training(recipe, "old", OPTIONS, new Killer(2, 2)).run());
    CheckpointStore store = new OutputFolder(path("old"), new Configuration()).checkpoints(9);
    Checkpoint newest = store.newest(message -> {}).orElseThrow().checkpoint();
    store.save(
        new Checkpoint(
            newest.config(),
            newest.position(),
            SmallSplit.beforeAugmentation(recipe),
            newest.data(),
            newest.history(),
            newest.state(),
            newest.moments()));

    TrainingResult resumed = training(recipe, "old", OPTIONS.resuming(), Progress.SILENT).run();
    assertSameBits(values(resumed), values(whole));
    assertThat(resumed.checkpoint().recipe()).contains("rand-augment: none");
    // as old a checkpoint does not name its classes: the data do
    assertThat(newest.classes()).isNotEmpty();
    assertThat(resumed.checkpoint().classes()).isEqualTo(SmallSplit.CLASSES);
  }

  @Test
  void resumingWithAnotherRecipeOrOtherDataSaysWhatDiffers() throws IOException {
    Recipe recipe = SmallSplit.recipe("schedule.epochs=1");
    run(recipe, "out");
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> run(recipe, "out"))
        .withMessageContaining("expected a folder without checkpoints, found 2; use --resume");
    Recipe other = SmallSplit.recipe("schedule.epochs=1", "optimizer.weight-decay=0.5");
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> training(other, "out", OPTIONS.resuming(), Progress.SILENT))
        .withMessageStartingWith("resume: the recipe of checkpoint ")
        .withMessageContaining("differs: optimizer.weight-decay: null, now 0.5; train into");
    TrainingPlaces elsewhere =
        new TrainingPlaces(SmallSplit.write(folder.resolve("new"), 2, 16), null, path("out"));
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(
            () -> new TrainingRun(spark, recipe, elsewhere, OPTIONS.resuming(), Progress.SILENT))
        .withMessageContaining("resume: the training data of checkpoint")
        .withMessageContaining("33 samples in 3 shards")
        .withMessageContaining("now 32 samples in 2 shards");
  }

  @Test
  void resumingWithOtherThreadsOrKernelsAsksForConsent() {
    Recipe recipe = SmallSplit.recipe();
    assertThatExceptionOfType(Killed.class)
        .isThrownBy(() -> training(recipe, "other", OPTIONS, new Killer(2, 1)).run());
    CheckpointStore store = new OutputFolder(path("other"), new Configuration()).checkpoints(9);
    Checkpoint before = store.newest(message -> {}).orElseThrow().checkpoint();
    assertThat(before.arithmetic().threads()).isEqualTo(1);
    String kernels = before.arithmetic().kernels();

    TrainingOptions other = new TrainingOptions(TrainingOptions.Start.RESUME, "reference", 2, 1);
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> training(recipe, "other", other, Progress.SILENT).run())
        .withMessageStartingWith("resume: the arithmetic of checkpoint file:")
        .withMessageContaining("differs: threads: 1, now 2; kernels: " + kernels)
        .withMessageEndingWith(
            "the last bits would differ: compute as recorded, with --threads and --kernels, or add"
                + " --allow-other-arithmetic");
    assertThat(store.newest(message -> {}).orElseThrow().checkpoint().position())
        .isEqualTo(before.position());

    List<String> warnings = new ArrayList<>();
    TrainingResult resumed =
        training(recipe, "other", other.allowingOtherArithmetic(), warnings(warnings)).run();
    assertThat(warnings)
        .singleElement()
        .asString()
        .contains("differs: threads: 1, now 2")
        .endsWith("allowed: the last bits differ from here on");
    assertThat(resumed.checkpoint().arithmetic())
        .isEqualTo(new Arithmetic(2, "reference", 0, List.of()));
    // nothing is left to compute, so that nothing is compared, and the record stays
    TrainingResult ended = training(recipe, "other", OPTIONS.resuming(), Progress.SILENT).run();
    assertThat(ended.checkpoint().arithmetic()).isEqualTo(resumed.checkpoint().arithmetic());
    assertThat(ended.checkpoint().stateSha256()).isEqualTo(resumed.checkpoint().stateSha256());
  }

  private List<EpochMetrics> metrics(String output) throws IOException {
    return Files.readAllLines(folder.resolve(output).resolve("metrics.jsonl")).stream()
        .map(EpochMetrics::fromJson)
        .toList();
  }

  private static Progress warnings(List<String> list) {
    return new Progress() {
      @Override
      public void warning(String message) {
        list.add(message);
      }
    };
  }
}
