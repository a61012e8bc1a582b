package io.spikeformer.train.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.spikeformer.common.UserException;
import io.spikeformer.model.config.MaskRcnn;
import io.spikeformer.model.config.MetaSpikeFormerConfig;
import io.spikeformer.model.config.SemanticFpn;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The keys of a Mask R-CNN. */
class DetectionRecipeTest {
  @Test
  void anyPresetBecomesADetector() {
    Recipe recipe =
        RecipeReader.read(
            """
            task: detection
            model:
              preset: tiny
              classes: 3
              mask-rcnn: {neck-width: 32, hidden-width: 64, predictor: membrane, norm: bn,
                hidden-norm: bn, strides: declared, fuse: mean}
            loss: {label-smoothing: 0}
            """,
            "r.yaml",
            List.of());
    MetaSpikeFormerConfig config = (MetaSpikeFormerConfig) recipe.model().toConfig();
    assertThat(config.maskRcnn())
        .isEqualTo(
            new MaskRcnn(
                32,
                64,
                MaskRcnn.Predictor.MEMBRANE,
                SemanticFpn.Norm.BATCH,
                SemanticFpn.Norm.BATCH,
                MaskRcnn.Strides.DECLARED,
                SemanticFpn.Fuse.MEAN));
    assertThat(recipe.toTask().id()).isEqualTo("detection");
    assertThat(Recipe.fromYaml(recipe.toYaml())).isEqualTo(recipe);
    List<String> changes = List.of("model.mask-rcnn.hidden-norm=bn", "loss.label-smoothing=0");
    MetaSpikeFormerConfig published =
        (MetaSpikeFormerConfig)
            RecipeReader.read(
                    "{task: detection, model: {preset: coco-maskrcnn-55m}}", "r.yaml", changes)
                .model()
                .toConfig();
    assertThat(published.classes()).isEqualTo(80);
    assertThat(published.maskRcnn())
        .isEqualTo(
            new MaskRcnn(
                256,
                1024,
                MaskRcnn.Predictor.SPIKES,
                SemanticFpn.Norm.NONE,
                SemanticFpn.Norm.BATCH,
                MaskRcnn.Strides.REAL,
                SemanticFpn.Fuse.KEEP));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          'model: {yolo: {anchors: [8, 8, 16, 16, 32, 32]}}' | recipe r.yaml: model yolo: expected widths, since the preset has no YOLO, found null; set model.yolo.widths
          'model: {yolo: {widths: [8, 8, 9]}}' | recipe r.yaml: YOLO widths: expected even numbers >= 2, found [8, 8, 9]
          loss: {regions: 0} | recipe r.yaml: loss regions: expected 1 to 512, found 0
          loss: {regions: 513} | recipe r.yaml: loss regions: expected 1 to 512, found 513
          model: {mask-rcnn: {norm: bn}} | recipe r.yaml: model mask-rcnn: expected neck-width, since the preset has no Mask R-CNN, found null; set model.mask-rcnn.neck-width
          model: {mask-rcnn: {neck-width: 8, predictor: numbers}} | recipe r.yaml: Mask R-CNN predictor: expected spikes or membrane, found 'numbers'
          'model: {semantic-fpn: {neck-width: 8}, mask-rcnn: {neck-width: 8}}' | recipe r.yaml: model head: expected a semantic FPN, a Mask R-CNN or a YOLO, found several
          """)
  void impossibleValuesAreRefusedInOneLine(String yaml, String message) {
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> RecipeReader.read(yaml, "r.yaml", List.of()))
        .withMessage(message);
  }
}
