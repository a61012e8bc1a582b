package io.spikeformer.tasks.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.spikeformer.data.batch.Batch;
import io.spikeformer.data.detection.Rle;
import io.spikeformer.model.Images;
import io.spikeformer.model.KernelProvider;
import io.spikeformer.model.SpikeformerModel;
import io.spikeformer.model.box.Boxes;
import io.spikeformer.model.box.Proposals;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.model.oracle.RecordedDetection;
import io.spikeformer.tasks.BatchLoss;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A whole training step, from images and objects to gradients, against recordings of PyTorch. */
class RecordedTrainingTest {
  private static final Proposals.Rule PROPOSALS = new Proposals.Rule(200, 0.7, 40);
  private static final BoxSampling ANCHORS = new BoxSampling(64, 0.5);
  private static final BoxSampling REGIONS = new BoxSampling(32, 0.25);
  private static final int SIDE = 64;

  @ParameterizedTest(name = "{1}, {0} kernels")
  @CsvSource({
    "reference, det_t1",
    "auto, det_t1",
    "auto, det_t2",
    "auto, det_t4_mean",
    "auto, det_t1_bn",
    "auto, det_t1_empty_membrane"
  })
  void lossesAndGradientsAreTheRecordedOnes(String choice, String name) throws IOException {
    RecordedDetection recorded = RecordedDetection.of(name);
    float[] order = recorded.array("rank").values();
    Images images = recorded.images();
    MaskRcnnTraining training =
        new MaskRcnnTraining(
            batch(recorded, images),
            new MaskRcnnTraining.Sampling(
                PROPOSALS, ANCHORS, REGIONS, (key, stage) -> index -> (long) order[index]));
    try (Kernels kernels = KernelProvider.create(choice, 2);
        SpikeformerModel model = SpikeformerModel.create(recorded.config(), kernels, 1)) {
      recorded.load(model);
      model.chooseRegions(training.regions().orElseThrow());
      AtomicReference<BatchLoss.Judgement> judgement = new AtomicReference<>();
      double loss =
          model.step(
              images,
              outputs -> {
                judgement.set(training.of(outputs, kernels));
                return judgement.get().loss();
              });
      assertThat(loss).isCloseTo((double) recorded.array("train/total").values()[0], within(1e-4));
      judgement
          .get()
          .parts()
          .forEach(
              (part, value) ->
                  assertThat(value)
                      .as(part)
                      .isCloseTo(
                          (double) recorded.array("train/" + recordedName(part)).values()[0],
                          within(1e-4)));
      recorded.assertTensors(model);
    }
  }

  /** rpnScore -> rpn_score. */
  private static String recordedName(String part) {
    return part.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
  }

  private static Batch batch(RecordedDetection recorded, Images images) {
    List<TrainedObjects> objects = new ArrayList<>();
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < images.batch(); i++) {
      float[] labels = recorded.array("target/labels/" + i).values();
      int[] classes = new int[labels.length];
      List<Optional<Rle>> masks = new ArrayList<>();
      for (int k = 0; k < classes.length; k++) {
        classes[k] = (int) labels[k];
        masks.add(Optional.of(mask(recorded.array("target/masks/" + i).values(), k)));
      }
      Boxes boxes = new Boxes(recorded.array("target/boxes/" + i).values());
      objects.add(new TrainedObjects(boxes, classes, masks));
      keys.add("image " + i);
    }
    return new Batch(
        images.pixels(),
        new ObjectTargets(objects),
        keys,
        images.batch(),
        1,
        images.height(),
        images.width(),
        images.channels());
  }

  /** A mask of whose rows eight pixels are a byte, the first in the highest bit. */
  private static Rle mask(float[] packed, int mask) {
    byte[] pixels = new byte[SIDE * SIDE];
    for (int i = 0; i < pixels.length; i++) {
      int bits = (int) packed[(mask * pixels.length + i) / 8];
      pixels[i] = (byte) (bits >> (7 - i % 8) & 1);
    }
    return Rle.encode(SIDE, SIDE, pixels);
  }
}
