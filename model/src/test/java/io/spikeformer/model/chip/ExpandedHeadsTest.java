package io.spikeformer.model.chip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.spikeformer.common.UserException;
import io.spikeformer.model.KernelProvider;
import io.spikeformer.model.block.FiringCounts;
import io.spikeformer.model.box.Boxes;
import io.spikeformer.model.box.DetectingRegions;
import io.spikeformer.model.box.Detections;
import io.spikeformer.model.box.Proposals;
import io.spikeformer.model.chip.Answers.Choices;
import io.spikeformer.model.chip.Answers.KeptBoxes;
import io.spikeformer.model.config.MaskRcnn;
import io.spikeformer.model.config.MetaSpikeFormerConfig;
import io.spikeformer.model.config.SemanticFpn;
import io.spikeformer.model.config.SemanticFpn.Fuse;
import io.spikeformer.model.config.SemanticFpn.Norm;
import io.spikeformer.model.config.Yolo;
import io.spikeformer.model.kernel.Kernels;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Networks of integers with heads of dense prediction beside their runs on binary spikes. */
class ExpandedHeadsTest {
  private static final int SIDE = 32;
  private static final int CLASSES = 5;

  /** A head, and a layer of it that additions are counted of. */
  private enum HeadKind {
    SEGMENTATION_MEAN("head.classifier"),
    SEGMENTATION_KEEP("head.scale3.2"),
    MASK_RCNN("head.mask_up"),
    YOLO("head.pooling2"),
    /** Inner layers of 12 and 20 channels, which do not fill whole bytes. */
    YOLO_OF_OTHER_WIDTHS("head.pooling2");

    private final String layer;

    HeadKind(String layer) {
      this.layer = layer;
    }

    MetaSpikeFormerConfig on(MetaSpikeFormerConfig backbone) {
      MetaSpikeFormerConfig.Builder builder = backbone.toBuilder().classes(CLASSES);
      return switch (this) {
        case SEGMENTATION_MEAN ->
            builder.semanticFpn(new SemanticFpn(16, 24, Fuse.MEAN, Norm.BATCH)).build();
        case SEGMENTATION_KEEP ->
            builder.semanticFpn(new SemanticFpn(16, 24, Fuse.KEEP, Norm.BATCH)).build();
        case MASK_RCNN -> builder.maskRcnn(maskRcnn(MaskRcnn.Predictor.SPIKES)).build();
        case YOLO -> builder.yolo(new Yolo(List.of(16, 16, 32), Yolo.PUBLISHED.anchors())).build();
        case YOLO_OF_OTHER_WIDTHS ->
            builder.yolo(new Yolo(List.of(16, 24, 40), Yolo.PUBLISHED.anchors())).build();
      };
    }
  }

  private static MaskRcnn maskRcnn(MaskRcnn.Predictor predictor) {
    return new MaskRcnn(
        16, 32, predictor, Norm.BATCH, Norm.BATCH, MaskRcnn.Strides.REAL, Fuse.KEEP);
  }

  private static DetectingRegions regions() {
    DetectingRegions.Size size = new DetectingRegions.Size(SIDE, SIDE);
    return new DetectingRegions(
        Proposals.Rule.EVALUATION,
        new Detections.Rule(0.05, 0.5, 10),
        Collections.nCopies(ExpandedModelTest.BATCH, size));
  }

  @ParameterizedTest
  @CsvSource({
    "SEGMENTATION_MEAN, 4, 1, EXACT",
    "SEGMENTATION_MEAN, 3, 2, EXACT",
    "SEGMENTATION_KEEP, 4, 2, EXACT",
    "SEGMENTATION_KEEP, 4, 1, FLOAT32",
    "MASK_RCNN, 4, 1, EXACT",
    "MASK_RCNN, 8, 2, EXACT",
    "MASK_RCNN, 4, 1, FLOAT32",
    "YOLO, 4, 1, EXACT",
    "YOLO, 3, 2, EXACT",
    "YOLO, 4, 1, FLOAT32",
    "YOLO_OF_OTHER_WIDTHS, 4, 1, EXACT",
    "YOLO_OF_OTHER_WIDTHS, 3, 2, EXACT",
    "YOLO_OF_OTHER_WIDTHS, 4, 1, FLOAT32"
  })
  void headsOnSpikesFireTheSameIntegers(
      HeadKind kind, int levels, int timesteps, ChipArithmetic arithmetic) {
    MetaSpikeFormerConfig config = kind.on(ExpandedModelTest.config(levels, timesteps, false));
    FiringCounts firing = new FiringCounts(timesteps);
    try (Kernels kernels = KernelProvider.create("auto", 2);
        ExpandedModel expanded =
            new ExpandedModel(config, ExpandedModelTest.state(config), kernels, arithmetic)) {
      expanded.chooseRegions(regions());
      expanded.collect(firing);
      expanded.infer(ExpandedModelTest.images(config));
      ExpansionCounts counts = expanded.counts();
      assertThat(counts.images()).isEqualTo(ExpandedModelTest.BATCH);
      assertThat(counts.answers()).isPositive();
      if (arithmetic == ChipArithmetic.EXACT) {
        assertThat(counts.differingIntegers()).isZero();
        assertThat(counts.differingAnswers()).isZero();
      } else {
        assertThat(counts.differingIntegers()).isLessThan(counts.integers() / 1000);
        assertThat(counts.differingAnswers()).isLessThanOrEqualTo(counts.answers() / 100);
      }
      assertThat(counts.additions().get(kind.layer)).as(kind.layer).isPositive();
      assertThat(counts.layers()).containsExactlyElementsOf(firing.layers());
      for (String layer : counts.layers()) {
        assertThat(counts.spikes(layer).stream().mapToLong(n -> n).sum())
            .as(layer)
            .isEqualTo(firing.overTime().spikes(layer, 0));
        assertThat(counts.neurons(layer)).as(layer).isEqualTo(firing.overTime().neurons(layer, 0));
      }
    }
  }

  @Test
  void layersThatMultiplyRealNumbersAreRefused() {
    MetaSpikeFormerConfig config =
        ExpandedModelTest.config(4, 1, false).toBuilder()
            .classes(CLASSES)
            .maskRcnn(maskRcnn(MaskRcnn.Predictor.MEMBRANE))
            .build();
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> ExpandedModel.expand(config))
        .withMessage(
            "expand: layers head.box_score and head.box_delta of small: expected layers that read"
                + " spikes, found mask-rcnn.predictor=membrane, with which they multiply real"
                + " numbers; leave --expand out");
  }

  @Test
  void attentionsWhoseChannelsAreNoMultiplesOfEightAreRefused() {
    MetaSpikeFormerConfig config =
        ExpandedModelTest.config(4, 1, false).toBuilder().widths(16, 16, 20, 32).build();
    try (Kernels kernels = KernelProvider.create("reference", 1);
        ExpandedModel expanded =
            new ExpandedModel(
                config, ExpandedModelTest.state(config), kernels, ChipArithmetic.EXACT)) {
      assertThatExceptionOfType(UserException.class)
          .isThrownBy(() -> expanded.infer(ExpandedModelTest.images(config)))
          .withMessage(
              "expand: attention behind layer stage3.block1.v: expected a multiple of 8 channels,"
                  + " found 20; expand models of other widths");
    }
  }

  @Test
  void pixelsDifferByTheirClass() {
    Choices left = Choices.of(new float[] {1, 2, 3, 0, 0, 1}, 2);
    Choices right = Choices.of(new float[] {2, 1, 3, 0, 0, 1}, 2);
    assertThat(left.best()).containsExactly(1, 0, 1);
    assertThat(left.from(right)).isEqualTo(new Difference(3, 1));
  }

  @Test
  void keptBoxesDifferWithoutAPartnerOfTheClassPlaceAndScore() {
    KeptBoxes left = kept(new float[] {0.9f, 0.8f, 0.7f}, new int[] {0, 1, 2}, 0);
    assertThat(left.from(left)).isEqualTo(new Difference(3, 0));
    KeptBoxes moved = kept(new float[] {0.9f, 0.8f, 0.7f}, new int[] {0, 1, 2}, 0.4f);
    assertThat(left.from(moved)).isEqualTo(new Difference(3, 0));
    assertThat(left.from(kept(new float[] {0.9f, 0.8f, 0.7f}, new int[] {0, 1, 2}, 0.6f)))
        .isEqualTo(new Difference(6, 6));
    assertThat(left.from(kept(new float[] {0.9f, 0.78f, 0.7f}, new int[] {0, 1, 2}, 0)))
        .isEqualTo(new Difference(4, 2));
    assertThat(left.from(kept(new float[] {0.9f, 0.8f}, new int[] {0, 2}, 0)))
        .isEqualTo(new Difference(4, 3));
  }

  private static KeptBoxes kept(float[] scores, int[] labels, float left) {
    float[] corners = new float[Boxes.CORNERS * scores.length];
    for (int i = 0; i < corners.length; i++) {
      corners[i] = i % Boxes.CORNERS == 0 ? left : 10 + i;
    }
    return new KeptBoxes(List.of(new Detections(new Boxes(corners), scores, labels)));
  }
}
