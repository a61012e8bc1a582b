package io.spikeformer.tasks.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.common.UserException;
import io.spikeformer.data.batch.Batch;
import io.spikeformer.data.detection.DetectedObject;
import io.spikeformer.data.detection.ObjectKind;
import io.spikeformer.data.detection.Rle;
import io.spikeformer.data.geometry.Geometry;
import io.spikeformer.data.geometry.Rect;
import io.spikeformer.data.geometry.Size;
import io.spikeformer.model.Images;
import io.spikeformer.model.KernelProvider;
import io.spikeformer.model.SpikeformerModel;
import io.spikeformer.model.config.MaskRcnn;
import io.spikeformer.model.config.MetaSpikeFormerConfig;
import io.spikeformer.model.config.SemanticFpn.Fuse;
import io.spikeformer.model.config.SemanticFpn.Norm;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.tasks.BatchLoss;
import io.spikeformer.tasks.LossDivisor;
import io.spikeformer.tasks.LossSettings;
import io.spikeformer.tasks.TrainingDraw;
import io.spikeformer.tasks.YoloWeights;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class MaskRcnnTrainingTest {
  private static final int SIDE = 64;
  private static final int CLASSES = 3;

  /** Gradients of a step, and its losses. */
  private record Step(float[] gradient, BatchLoss.Judgement judgement) {}

  private static MetaSpikeFormerConfig config() {
    MaskRcnn form =
        new MaskRcnn(
            8,
            16,
            MaskRcnn.Predictor.SPIKES,
            Norm.BATCH,
            Norm.BATCH,
            MaskRcnn.Strides.REAL,
            Fuse.KEEP);
    return MetaSpikeFormerConfig.preset("tiny").toBuilder()
        .widths(8, 16, 16, 24)
        .depths(1, 1)
        .classes(CLASSES)
        .maskRcnn(form)
        .build();
  }

  private static Step step(TrainingDraw draw, Size size, List<List<DetectedObject>> objects) {
    return step(new LossSettings(0, LossDivisor.ALL), draw, size, objects);
  }

  private static Step step(
      LossSettings settings, TrainingDraw draw, Size size, List<List<DetectedObject>> objects) {
    List<TrainedObjects> trained = new ArrayList<>();
    Geometry plan = Geometry.resize(size.height(), size.width(), size.height(), size.width());
    objects.forEach(image -> trained.add(TrainedObjects.of(image, plan)));
    Random random = new Random(3);
    float[] pixels = new float[objects.size() * SIDE * SIDE * 3];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) random.nextGaussian();
    }
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < objects.size(); i++) {
      keys.add("image " + i);
    }
    Batch batch =
        new Batch(
            pixels,
            new ObjectTargets(trained),
            keys,
            Collections.nCopies(objects.size(), size),
            1,
            SIDE,
            SIDE,
            3,
            new float[0]);
    BatchLoss loss = new Detection().loss(config(), batch, settings, null, draw);
    AtomicReference<BatchLoss.Judgement> judgement = new AtomicReference<>();
    try (Kernels kernels = KernelProvider.create("auto", 2);
        SpikeformerModel model = SpikeformerModel.create(config(), kernels, 1)) {
      model.chooseRegions(loss.regions().orElseThrow());
      model.step(
          new Images(pixels, 1, objects.size(), SIDE, SIDE, 3),
          outputs -> {
            judgement.set(loss.of(outputs, kernels));
            return judgement.get().loss();
          });
      return new Step(model.gradient().toArray(), judgement.get());
    }
  }

  private static DetectedObject object(int label, double x, double y, double width, double height) {
    byte[] pixels = new byte[SIDE * SIDE];
    for (int i = 0; i < pixels.length; i++) {
      int column = i % SIDE;
      int row = i / SIDE;
      pixels[i] =
          (byte) (column >= x && column < x + width && row >= y && row < y + height ? 1 : 0);
    }
    Rle mask = Rle.encode(SIDE, SIDE, pixels);
    Rect box = new Rect(x, y, width, height);
    return new DetectedObject(1, label, ObjectKind.INSTANCE, box, width * height, mask);
  }

  private static DetectedObject boxAlone(int label, Rect box) {
    return new DetectedObject(1, label, ObjectKind.INSTANCE, box, box.area(), Optional.empty());
  }

  private static void assertFinite(Step step) {
    assertThat(step.judgement().loss()).isFinite().isPositive();
    double sum = 0;
    for (float value : step.gradient()) {
      sum += value;
    }
    assertThat(sum).isFinite();
  }

  @Test
  void aLossIsTheSumOfItsParts() {
    Size whole = new Size(SIDE, SIDE);
    Step step = step(new TrainingDraw(1, 0), whole, List.of(List.of(object(1, 8, 8, 30, 20))));
    assertFinite(step);
    assertThat(step.judgement().parts().keySet())
        .containsExactly("rpnScore", "rpnDelta", "boxScore", "boxDelta", "mask");
    assertThat(step.judgement().parts().values().stream().mapToDouble(part -> part).sum())
        .isEqualTo(step.judgement().loss());
    assertThat(step.judgement().parts().values()).allMatch(part -> part > 0);
    assertThat(step.judgement().hits().of()).isBetween(2L, 512L);
  }

  @Test
  void theRecipeSaysHowManyRegionsAreLearnt() {
    LossSettings few = new LossSettings(0, LossDivisor.ALL, 16, YoloWeights.PUBLISHED);
    List<DetectedObject> objects = List.of(object(1, 8, 8, 30, 20));
    Size whole = new Size(SIDE, SIDE);
    Step step = step(few, new TrainingDraw(1, 0), whole, List.of(objects, List.of()));
    assertThat(step.judgement().hits().of()).isEqualTo(32);
  }

  @Test
  void aStepIsAFunctionOfSeedEpochAndSamples() {
    Size whole = new Size(SIDE, SIDE);
    List<List<DetectedObject>> objects =
        List.of(List.of(object(1, 8, 8, 30, 20), object(0, 40, 30, 16, 30)));
    Step first = step(new TrainingDraw(1, 0), whole, objects);
    assertThat(step(new TrainingDraw(1, 0), whole, objects).gradient()).isEqualTo(first.gradient());
    assertThat(step(new TrainingDraw(1, 1), whole, objects).gradient())
        .isNotEqualTo(first.gradient());
    assertThat(step(new TrainingDraw(2, 0), whole, objects).gradient())
        .isNotEqualTo(first.gradient());
  }

  /** Objects outside, without an area, equal, more than are sampled; crowds; none at all. */
  @Test
  void whateverAnImageShowsIsTrainedWithoutNaN() {
    Size whole = new Size(SIDE, SIDE);
    DetectedObject ordinary = object(2, 5, 5, 20, 20);
    DetectedObject crowd =
        new DetectedObject(
            1, 0, ObjectKind.CROWD, ordinary.box(), ordinary.area(), ordinary.mask());
    List<DetectedObject> strange =
        List.of(
            boxAlone(0, new Rect(10, 10, 0, 5)),
            boxAlone(1, new Rect(-30, -30, 20, 20)),
            boxAlone(1, new Rect(60, 60, 20, 20)),
            boxAlone(2, new Rect(3, 3, 1, 1)),
            crowd,
            ordinary,
            ordinary);
    assertThat(TrainedObjects.of(strange, Geometry.resize(SIDE, SIDE, SIDE, SIDE)).labels())
        .containsExactly(1, 2, 2, 2);
    List<DetectedObject> many = new ArrayList<>(Collections.nCopies(700, ordinary));
    many.addAll(Collections.nCopies(700, object(1, 30, 30, 20, 20)));
    for (List<List<DetectedObject>> objects :
        List.of(
            List.of(strange, List.<DetectedObject>of()),
            List.of(List.<DetectedObject>of(), List.<DetectedObject>of()),
            List.of(many, strange))) {
      assertFinite(step(new TrainingDraw(1, 0), whole, objects));
    }
    Step empty = step(new TrainingDraw(1, 0), whole, List.of(List.of()));
    assertThat(empty.judgement().parts())
        .containsEntry("mask", 0.0)
        .containsEntry("boxDelta", 0.0)
        .containsEntry("rpnDelta", 0.0);
  }

  @Test
  void imagesOfOnePixelInTheirPaddingAreTrainedWithoutNaN() {
    Size pixel = new Size(1, 1);
    List<DetectedObject> objects = List.of(boxAlone(1, new Rect(0, 0, 1, 1)));
    assertFinite(step(new TrainingDraw(1, 0), pixel, List.of(objects, List.of())));
  }

  @Test
  void boxesAloneTrainNoMask() {
    Size whole = new Size(SIDE, SIDE);
    Rect box = new Rect(8, 8, 30, 20);
    Step step = step(new TrainingDraw(1, 0), whole, List.of(List.of(boxAlone(1, box))));
    assertThat(step.judgement().parts()).containsEntry("mask", 0.0);
    assertThat(step.judgement().parts().get("boxDelta")).isPositive();
  }

  @Test
  void aClassThatTheNetworkLacksIsRefused() {
    List<DetectedObject> objects = List.of(boxAlone(CLASSES, new Rect(8, 8, 30, 20)));
    assertThatThrownBy(() -> step(new TrainingDraw(1, 0), new Size(SIDE, SIDE), List.of(objects)))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "sample image 0: expected classes 0 to 2, found 3; set model.classes to the number of"
                + " the data's classes");
  }
}
