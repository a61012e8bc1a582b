package io.spikeformer.model.oracle;

import static io.spikeformer.model.oracle.OracleParityTest.assertGradientsOfIntegers;
import static io.spikeformer.model.oracle.OracleParityTest.assertRates;
import static io.spikeformer.model.oracle.OracleParityTest.assertTensors;
import static io.spikeformer.model.oracle.OracleParityTest.images;
import static io.spikeformer.model.oracle.OracleParityTest.load;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.spikeformer.model.Images;
import io.spikeformer.model.KernelProvider;
import io.spikeformer.model.Outputs;
import io.spikeformer.model.SpikeformerModel;
import io.spikeformer.model.block.FiringCounts;
import io.spikeformer.model.box.AnchorAnswers;
import io.spikeformer.model.box.Boxes;
import io.spikeformer.model.box.DetectingRegions;
import io.spikeformer.model.box.Detections;
import io.spikeformer.model.box.Proposals;
import io.spikeformer.model.box.RegionChooser;
import io.spikeformer.model.config.MaskRcnn;
import io.spikeformer.model.config.MaskRcnnHeadSpec;
import io.spikeformer.model.config.MetaSpikeFormerConfig;
import io.spikeformer.model.config.Recompute;
import io.spikeformer.model.config.SemanticFpn.Fuse;
import io.spikeformer.model.config.SemanticFpn.Norm;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.model.kernel.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The Mask R-CNN against recordings of its PyTorch form, with the recorded regions fed in. */
class DetectionParityTest {
  // of the recordings
  private static final Proposals.Rule PROPOSALS = new Proposals.Rule(100, 0.7, 40);
  private static final Detections.Rule DETECTIONS = new Detections.Rule(0.15, 0.5, 12);

  @ParameterizedTest(name = "{1}, {0} kernels, recompute {2}")
  @CsvSource({
    "reference, det_t1, NONE",
    "reference, det_t2, NONE",
    "reference, det_t4_mean, NONE",
    "reference, det_t1_bn, NONE",
    "reference, det_t1_empty_membrane, NONE",
    "auto, det_t1, NONE",
    "auto, det_t2, NONE",
    "auto, det_t4_mean, NONE",
    "auto, det_t1_bn, NONE",
    "auto, det_t1_empty_membrane, NONE",
    "auto, det_t2, BLOCK",
    "auto, det_t4_mean, BLOCK",
    "auto, det_t1_bn, BLOCK"
  })
  void matchesTheRecording(String choice, String name, Recompute recompute) throws IOException {
    Map<String, Npz.Array> oracle = RecordedDetection.read(name);
    MetaSpikeFormerConfig config = RecordedDetection.config(name, oracle);
    OracleNames names = new OracleNames(config);
    Images images = images(oracle.get("input"));
    try (Kernels kernels = KernelProvider.create(choice, 2);
        SpikeformerModel model = SpikeformerModel.create(config, kernels, 1)) {
      model.recompute(recompute);
      load(model, names, oracle);
      FiringCounts counts = new FiringCounts(config.timesteps());
      model.collect(counts);
      model.chooseRegions(new Recorded(oracle));
      assertMasks(model.infer(images), oracle);
      assertRates(counts, names, oracle);
      model.collect(null);
      model.freeze();
      assertMasks(model.infer(images), oracle);
      model.thaw();

      RecordedDetector step = new RecordedDetector(oracle, config.classes());
      model.chooseRegions(step);
      double loss = model.step(images, step);
      step.losses()
          .forEach(
              (part, value) ->
                  assertThat(value)
                      .as(part)
                      .isCloseTo(oracle.get("train/" + part).values()[0], within(1e-4)));
      assertThat(loss).isCloseTo(oracle.get("train/total").values()[0], within(1e-4));
      assertTensors(model, names, oracle);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"det_t1", "det_t1_bn"})
  void integersHaveTheSameGradientsWithBothKernels(String name) throws IOException {
    Map<String, Npz.Array> oracle = RecordedDetection.read(name);
    MetaSpikeFormerConfig config = RecordedDetection.config(name, oracle);
    RecordedDetector step = new RecordedDetector(oracle, config.classes());
    assertGradientsOfIntegers(
        config,
        oracle,
        model -> {
          model.chooseRegions(step);
          model.step(images(oracle.get("input")), step);
        });
  }

  /** From the image on, without recorded regions. */
  @ParameterizedTest
  @ValueSource(strings = {"det_t1", "det_t2", "det_t4_mean", "det_t1_bn", "det_t1_empty_membrane"})
  void findsTheRecordedObjects(String name) throws IOException {
    Map<String, Npz.Array> oracle = RecordedDetection.read(name);
    MetaSpikeFormerConfig config = RecordedDetection.config(name, oracle);
    Images images = images(oracle.get("input"));
    DetectingRegions regions =
        new DetectingRegions(
            PROPOSALS,
            DETECTIONS,
            Collections.nCopies(
                images.batch(), new DetectingRegions.Size(images.height(), images.width())));
    try (Kernels kernels = KernelProvider.create("auto", 2);
        SpikeformerModel model = SpikeformerModel.create(config, kernels, 1)) {
      load(model, new OracleNames(config), oracle);
      model.chooseRegions(regions);
      model.infer(images);
      for (int i = 0; i < images.batch(); i++) {
        Detections found = regions.detections().get(i);
        assertThat(found.labels()).containsExactly(integers(oracle.get("eval/labels/" + i)));
        close("scores " + i, found.scores(), oracle.get("eval/scores/" + i).values());
        close("boxes " + i, found.boxes().corners(), oracle.get("eval/boxes/" + i).values());
      }
    }
  }

  /** Neither regions nor objects: the heads do not run, and their gradients are 0. */
  @ParameterizedTest
  @ValueSource(strings = {"reference", "auto"})
  void aBatchWithoutRegionsTrainsTheRestAlone(String choice) {
    MetaSpikeFormerConfig config =
        MetaSpikeFormerConfig.builder("small")
            .widths(8, 16, 16, 24)
            .depths(1, 1)
            .classes(3)
            .maskRcnn(
                new MaskRcnn(
                    8,
                    16,
                    MaskRcnn.Predictor.SPIKES,
                    Norm.BATCH,
                    Norm.BATCH,
                    MaskRcnn.Strides.DECLARED,
                    Fuse.KEEP))
            .build();
    Images images = Images.of(new float[2 * 48 * 40 * 3], 2, 48, 40, 3);
    try (Kernels kernels = KernelProvider.create(choice, 1);
        SpikeformerModel model = SpikeformerModel.create(config, kernels, 1)) {
      assertThatThrownBy(() -> model.infer(images))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("call SpikeformerModel.chooseRegions first");
      model.chooseRegions(new Nothing());
      Outputs outputs = model.infer(images);
      assertThat(outputs.value(MaskRcnnHeadSpec.CLASS_LOGITS).shape()).containsExactly(0, 4);
      assertThat(outputs.value(MaskRcnnHeadSpec.MASK_LOGITS).elements()).isZero();
      model.gradient().put(nan(model.gradient()));
      model.step(
          images,
          step -> {
            Tensor d = step.gradient(MaskRcnnHeadSpec.OBJECTNESS);
            float[] ones = new float[(int) d.elements()];
            Arrays.fill(ones, 1);
            d.put(ones);
            return 0;
          });
      model
          .layout()
          .entries()
          .forEach(
              entry -> {
                float[] d = model.gradient().slice(entry.offset(), entry.length()).toArray();
                if (entry.name().matches("head/(fc|box|mask).*")
                    && !entry.name().contains("running")) {
                  assertThat(d).as(entry.name()).containsOnly(0);
                } else if (entry.name().equals("head/rpn_score.bias")) {
                  // cells of the levels of strides 4, 8, 16, 16 and 32, in both images
                  assertThat(d).containsOnly(2 * (12 * 10 + 6 * 5 + 2 * 3 * 3 + 2 * 2));
                }
              });
    }
  }

  private static float[] nan(Tensor tensor) {
    float[] values = new float[(int) tensor.elements()];
    Arrays.fill(values, Float.NaN);
    return values;
  }

  private record Nothing() implements RegionChooser {
    @Override
    public List<Boxes> forBoxes(AnchorAnswers answers) {
      return Collections.nCopies(answers.images(), new Boxes(new float[0]));
    }

    @Override
    public List<Boxes> forMasks(Tensor logits, Tensor deltas) {
      return Collections.nCopies(2, new Boxes(new float[0]));
    }
  }

  /** Compares the answers of each stage and gives the next one what was recorded. */
  private record Recorded(Map<String, Npz.Array> oracle) implements RegionChooser {
    @Override
    public List<Boxes> forBoxes(AnchorAnswers answers) {
      close("objectness", answers.objectness().toArray(), oracle.get("eval/objectness").values());
      close("deltas", answers.deltas().toArray(), oracle.get("eval/rpn_deltas").values());
      return boxes("proposals");
    }

    @Override
    public List<Boxes> forMasks(Tensor logits, Tensor deltas) {
      close("box_score", logits.toArray(), all("eval/box_score/"));
      close("box_delta", deltas.toArray(), all("eval/box_delta/"));
      return boxes("boxes");
    }

    private List<Boxes> boxes(String name) {
      List<Boxes> boxes = new ArrayList<>();
      for (int i = 0; oracle.containsKey("eval/" + name + "/" + i); i++) {
        boxes.add(new Boxes(oracle.get("eval/" + name + "/" + i).values()));
      }
      return boxes;
    }

    private float[] all(String prefix) {
      float[] all = new float[0];
      for (int i = 0; oracle.containsKey(prefix + i); i++) {
        float[] more = oracle.get(prefix + i).values();
        int before = all.length;
        all = Arrays.copyOf(all, before + more.length);
        System.arraycopy(more, 0, all, before, more.length);
      }
      return all;
    }
  }

  private static void assertMasks(Outputs outputs, Map<String, Npz.Array> oracle) {
    Recorded recorded = new Recorded(oracle);
    float[] expected = recorded.all("eval/mask_logits/");
    float[] labels = recorded.all("eval/labels/");
    Tensor tensor = outputs.value(MaskRcnnHeadSpec.MASK_LOGITS);
    float[] logits = tensor.toArray();
    float[] found = new float[expected.length];
    assertThat(logits).hasSize(expected.length * tensor.channels());
    for (int i = 0; i < found.length; i++) {
      int label = (int) labels[i / (found.length / labels.length)];
      found[i] = logits[i * tensor.channels() + label];
    }
    close("mask_logits", found, expected);
  }

  private static void close(String name, float[] found, float[] expected) {
    assertThat(found).as(name).hasSameSizeAs(expected);
    double largest = 0;
    double error = 0;
    for (int i = 0; i < found.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      error = Math.max(error, Math.abs((double) found[i] - expected[i]));
    }
    assertThat(error).as(name).isLessThanOrEqualTo(1e-4 * largest);
  }

  private static int[] integers(Npz.Array array) {
    int[] integers = new int[array.values().length];
    for (int i = 0; i < integers.length; i++) {
      integers[i] = (int) array.values()[i];
    }
    return integers;
  }
}
