package io.spikeformer.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.model.block.ParameterLayout;
import io.spikeformer.model.block.ParameterLayout.Entry;
import io.spikeformer.model.block.ParameterLayout.Part;
import io.spikeformer.model.checkpoint.Checkpoint;
import io.spikeformer.model.checkpoint.TrainingPosition;
import io.spikeformer.model.config.ClassifierHead;
import io.spikeformer.model.config.MaskRcnn;
import io.spikeformer.model.config.MetaSpikeFormerConfig;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.model.config.NeuronConfig;
import io.spikeformer.model.config.SemanticFpn;
import io.spikeformer.train.output.OutputFolder;
import io.spikeformer.train.recipe.InitialHead;
import io.spikeformer.train.recipe.Recipe;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ParameterTransferTest {
  private static final String STEM = "stage1.downsample1/conv.weight";
  private static final String LINEAR = "head/linear.weight";
  private static final MetaSpikeFormerConfig TRAINED =
      MetaSpikeFormerConfig.preset("tiny").toBuilder().widths(8, 8, 8, 8).depths(1, 1).build();

  @TempDir private Path folder;
  private final float[] from = noise(TRAINED, 1);

  @Test
  void theSameModelIsTakenWhole() {
    float[] to = noise(TRAINED, 2);
    ParameterTransfer transfer =
        ParameterTransfer.apply(TRAINED, from, TRAINED, to, InitialHead.TRAINED);
    assertThat(to).isEqualTo(from);
    assertThat(transfer.taken()).hasSize(ParameterLayout.of(TRAINED).entries().size());
    assertThat(transfer.describe("runs/t1"))
        .isEqualTo(
            Text.format("initialised from runs/t1: %d tensors taken", transfer.taken().size()));
  }

  @Test
  void otherClassesKeepTheirInitialLinearLayer() {
    NetworkConfig target = TRAINED.withData(3, 7);
    float[] initial = noise(target, 2);
    float[] to = initial.clone();
    ParameterTransfer transfer =
        ParameterTransfer.apply(TRAINED, from, target, to, InitialHead.TRAINED);
    assertThat(transfer.initialised()).containsExactly(LINEAR, "head/linear.bias");
    assertThat(transfer.left()).isEmpty();
    assertThat(values(target, to, LINEAR)).isEqualTo(values(target, initial, LINEAR));
    assertThat(values(target, to, STEM)).isEqualTo(values(TRAINED, from, STEM));
  }

  @Test
  void aNewHeadKeepsItsInitialValuesThoughItWouldFit() {
    float[] initial = noise(TRAINED, 2);
    float[] to = initial.clone();
    ParameterTransfer transfer =
        ParameterTransfer.apply(TRAINED, from, TRAINED, to, InitialHead.NEW);
    assertThat(transfer.initialised()).containsExactly(LINEAR, "head/linear.bias");
    assertThat(values(TRAINED, to, LINEAR)).isEqualTo(values(TRAINED, initial, LINEAR));
    assertThat(values(TRAINED, to, STEM)).isEqualTo(values(TRAINED, from, STEM));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 6})
  void otherChannelsGiveGreyImagesTheSameSums(int channels) {
    NetworkConfig target = TRAINED.withData(channels, 10);
    float[] to = noise(target, 2);
    ParameterTransfer transfer =
        ParameterTransfer.apply(TRAINED, from, target, to, InitialHead.TRAINED);
    assertThat(transfer.resized())
        .containsExactly(STEM + Text.format(" [4, 3, 3, 3] to [4, %d, 3, 3]", channels));
    float[] before = values(TRAINED, from, STEM);
    float[] after = values(target, to, STEM);
    for (int output = 0; output < 4; output++) {
      for (int window = 0; window < 9; window++) {
        float[] old = column(before, output, 3, window);
        float[] now = column(after, output, channels, window);
        if (channels == 1) {
          assertThat(now[0]).isCloseTo(old[0] + old[1] + old[2], within(1e-6f));
        } else {
          for (int i = 0; i < channels; i++) {
            assertThat(now[i]).isCloseTo(old[i % 3] * 3 / channels, within(1e-6f));
          }
        }
      }
    }
  }

  @Test
  void aSecondLinearLayerComesAndGoes() {
    NetworkConfig distilled = TRAINED.withHead(ClassifierHead.DISTILLED);
    ParameterTransfer there =
        ParameterTransfer.apply(TRAINED, from, distilled, noise(distilled, 2), InitialHead.TRAINED);
    assertThat(there.initialised())
        .containsExactly("head/distillation.weight", "head/distillation.bias");
    ParameterTransfer back =
        ParameterTransfer.apply(
            distilled, noise(distilled, 2), TRAINED, from.clone(), InitialHead.TRAINED);
    assertThat(back.initialised()).isEmpty();
    assertThat(back.describe("x"))
        .endsWith("; 2 left behind: head/distillation.weight, head/distillation.bias");
  }

  @Test
  void aClassifierGivesItsBackboneToASegmentationNetwork() {
    NetworkConfig dense = dense(10, 16);
    float[] initial = noise(dense, 2);
    float[] to = initial.clone();
    assertThat(ParameterTransfer.possible(TRAINED, dense)).isTrue();
    assertThat(ParameterTransfer.possible(dense, TRAINED)).isTrue();
    assertThat(ParameterTransfer.takesHead(TRAINED, dense, InitialHead.TRAINED)).isFalse();
    ParameterTransfer transfer =
        ParameterTransfer.apply(TRAINED, from, dense, to, InitialHead.TRAINED);
    assertThat(transfer.left()).containsExactly(LINEAR, "head/linear.bias");
    assertThat(transfer.taken())
        .contains("stage1.downsample1/bn.runningMean", "stage1.downsample1/bn.runningVar");
    assertPartsTaken(TRAINED, dense, initial, to, Part.BACKBONE);
  }

  @Test
  void otherClassesOfASegmentationNetworkKeepNeckAndScales() {
    NetworkConfig source = dense(150, 16);
    NetworkConfig target = dense(21, 16);
    ParameterTransfer transfer =
        ParameterTransfer.apply(
            source, noise(source, 1), target, noise(target, 2), InitialHead.TRAINED);
    assertThat(transfer.initialised())
        .containsExactly("head/classifier.weight", "head/classifier.bias");
    assertThat(transfer.left()).isEmpty();
    assertThat(transfer.resized()).isEmpty();
  }

  @Test
  void aNewHeadIsANewNeckToo() {
    NetworkConfig source = dense(5, 16);
    NetworkConfig target = source.withTimesteps(4);
    float[] initial = noise(target, 2);
    float[] to = initial.clone();
    ParameterTransfer.apply(source, noise(source, 1), target, to, InitialHead.NEW);
    assertThat(ParameterTransfer.takesHead(source, target, InitialHead.NEW)).isFalse();
    assertThat(ParameterTransfer.takesHead(source, target, InitialHead.TRAINED)).isTrue();
    assertPartsTaken(source, target, initial, to, Part.BACKBONE);
  }

  @Test
  void anotherWidthOfTheNeckIsNotStretched() {
    NetworkConfig source = dense(5, 16);
    NetworkConfig target = dense(5, 24);
    ParameterTransfer transfer =
        ParameterTransfer.apply(
            source, noise(source, 1), target, noise(target, 2), InitialHead.TRAINED);
    assertThat(transfer.resized()).isEmpty();
    assertThat(transfer.initialised()).contains("head/scale0.0.weight", "head/lateral0.weight");
  }

  @Test
  void aDetectorBeginsWithTheBackboneOfAClassifier() {
    NetworkConfig detector = detector(10);
    float[] initial = noise(detector, 2);
    float[] to = initial.clone();
    ParameterTransfer transfer =
        ParameterTransfer.apply(TRAINED, from, detector, to, InitialHead.TRAINED);
    assertThat(transfer.left()).containsExactly(LINEAR, "head/linear.bias");
    assertPartsTaken(TRAINED, detector, initial, to, Part.BACKBONE);
  }

  @Test
  void otherClassesOfADetectorKeepAllButItsAnswers() {
    NetworkConfig source = detector(80);
    NetworkConfig target = detector(3);
    ParameterTransfer transfer =
        ParameterTransfer.apply(
            source, noise(source, 1), target, noise(target, 2), InitialHead.TRAINED);
    assertThat(transfer.initialised())
        .containsExactlyInAnyOrder(
            "head/box_score.weight",
            "head/box_score.bias",
            "head/box_delta.weight",
            "head/box_delta.bias",
            "head/mask_logit.weight",
            "head/mask_logit.bias");
  }

  private static NetworkConfig detector(int classes) {
    MaskRcnn form =
        new MaskRcnn(
            8,
            16,
            MaskRcnn.Predictor.SPIKES,
            SemanticFpn.Norm.BATCH,
            SemanticFpn.Norm.BATCH,
            MaskRcnn.Strides.REAL,
            SemanticFpn.Fuse.KEEP);
    return TRAINED.toBuilder().classes(classes).maskRcnn(form).build();
  }

  private static NetworkConfig dense(int classes, int neckWidth) {
    SemanticFpn form = new SemanticFpn(neckWidth, 8, SemanticFpn.Fuse.MEAN, SemanticFpn.Norm.NONE);
    return TRAINED.toBuilder().classes(classes).semanticFpn(form).build();
  }

  /** Of a model of {@code noise(source, 1)}: the tensors of a part are the trained ones. */
  private static void assertPartsTaken(
      NetworkConfig source, NetworkConfig target, float[] initial, float[] to, Part part) {
    float[] trained = noise(source, 1);
    for (Entry entry : ParameterLayout.of(target).entries()) {
      assertThat(values(target, to, entry.name()))
          .as(entry.name())
          .isEqualTo(
              entry.part() == part
                  ? values(source, trained, entry.name())
                  : values(target, initial, entry.name()));
    }
  }

  @Test
  void aTrainingSaysWhatItTook() {
    Recipe small = SmallSplit.recipe();
    NetworkConfig grey = small.model().toConfig().withData(1, 5);
    float[] trained = noise(grey, 3);
    Checkpoint checkpoint =
        new Checkpoint(grey, TrainingPosition.START, "", "", List.of(), trained, List.of());
    Path model =
        Path.of(
            new OutputFolder(folder.toString(), new Configuration())
                .writeModel(checkpoint)
                .toUri()
                .getPath());
    List<String> notes = new ArrayList<>();
    Progress progress =
        new Progress() {
          @Override
          public void note(String message) {
            notes.add(message);
          }
        };
    Recipe recipe = SmallSplit.recipe("initialise-from=" + model);
    float[] start =
        StartingPoint.fresh(recipe, SmallSplit.CLASSES, new Configuration(), progress)
            .state()
            .values();
    assertThat(notes).hasSize(1);
    assertThat(notes.get(0))
        .contains("1 resized: " + STEM, "2 with initial values: head/linear.weight");
    float[] stem = values(recipe.model().toConfig(), start, STEM);
    assertThat(stem[0]).isCloseTo(values(grey, trained, STEM)[0] / 3, within(1e-6f));

    Recipe other = SmallSplit.recipe("initialise-from=" + model, "model.depths=[2, 1]");
    assertThatThrownBy(
            () -> StartingPoint.fresh(other, SmallSplit.CLASSES, new Configuration(), progress))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("expected the recipe's architecture, found another: ")
        .hasMessageContaining("depths: [1,1], now [2,1]");
  }

  /** Weights of a binary model serve integers, and those of integers serve the same unit alone. */
  @Test
  void integersBeginWithSpikesOrWithIntegersOfTheSameUnit() {
    NetworkConfig binary = SmallSplit.recipe().model().toConfig();
    String spikes = written(binary);
    String divided = written(binary.withNeuron(NeuronConfig.integer(4)));
    for (String place : List.of(spikes, divided)) {
      Recipe recipe =
          SmallSplit.recipe(
              "initialise-from=" + place, "model.neuron.levels=8", "model.timesteps=2");
      StartingPoint start =
          StartingPoint.fresh(recipe, SmallSplit.CLASSES, new Configuration(), Progress.SILENT);
      assertThat(Arrays.copyOf(start.state().values(), start.modelLength()))
          .isEqualTo(noise(binary, 3));
    }
    Recipe whole =
        SmallSplit.recipe(
            "initialise-from=" + divided, "model.neuron.levels=4", "model.neuron.normalise=false");
    assertThatThrownBy(
            () ->
                StartingPoint.fresh(
                    whole, SmallSplit.CLASSES, new Configuration(), Progress.SILENT))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "initialise-from "
                + divided
                + ": expected a model trained with model.neuron.normalise false, found one trained"
                + " with true, whose weights are for integers of another unit; set"
                + " model.neuron.normalise=true");
  }

  private String written(NetworkConfig config) {
    Checkpoint checkpoint =
        new Checkpoint(
            config, TrainingPosition.START, "", "", List.of(), noise(config, 3), List.of());
    String place = folder.resolve("model" + config.hashCode()).toString();
    return new OutputFolder(place, new Configuration()).writeModel(checkpoint).toUri().getPath();
  }

  private static float[] column(float[] weights, int output, int inputs, int window) {
    float[] found = new float[inputs];
    for (int i = 0; i < inputs; i++) {
      found[i] = weights[(output * inputs + i) * 9 + window];
    }
    return found;
  }

  private static float[] values(NetworkConfig config, float[] state, String name) {
    Entry entry = ParameterLayout.of(config).entry(name);
    int begin = (int) entry.offset();
    return Arrays.copyOfRange(state, begin, begin + (int) entry.length());
  }

  private static float[] noise(NetworkConfig config, int seed) {
    Random random = new Random(seed);
    float[] values = new float[(int) ParameterLayout.of(config).length()];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    return values;
  }
}
