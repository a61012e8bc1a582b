package io.spikeformer.train.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.spikeformer.common.UserException;
import io.spikeformer.data.augment.HsvGains;
import io.spikeformer.data.batch.PaddingColour;
import io.spikeformer.data.batch.TransformConfig;
import io.spikeformer.data.geometry.Crop;
import io.spikeformer.data.geometry.Extent;
import io.spikeformer.data.geometry.Letterbox;
import io.spikeformer.data.geometry.Mosaic;
import io.spikeformer.data.geometry.OneOf;
import io.spikeformer.data.geometry.Padding;
import io.spikeformer.data.geometry.Resize;
import io.spikeformer.data.geometry.Window;
import io.spikeformer.data.geometry.Zoomed;
import io.spikeformer.train.SmallSplit;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The keys of recipes for images with objects. */
class ObjectImagesRecipeTest {
  private static final Padding PADDING = new Padding.Multiple(32);

  @Test
  void wholeImagesShareABatch() {
    DataSettings data =
        data(
            "{training: {crop: fit, resize: [800, 1333], padding-multiple: 32, padding-colour:"
                + " mean}, evaluation: {crop: fit, fit: [800, 1333], padding-multiple: 32}}");
    TransformConfig training = data.trainingTransform();
    assertThat(training.crop()).isEqualTo(Crop.Scaled.fit(800, 1333, PADDING));
    assertThat(training.padding()).isEqualTo(PaddingColour.MEAN);
    TransformConfig evaluation = data.evaluationTransform();
    assertThat(evaluation.crop()).isEqualTo(Crop.Scaled.fit(800, 1333, PADDING));
    assertThat(evaluation.padding()).isEqualTo(PaddingColour.MEAN);
    assertThat(evaluation.extent()).isEqualTo(new Extent(800, 1344, Extent.Sizes.PADDED));
    assertThat(data.evaluationSettings())
        .containsEntry("fit", "[800, 1333]")
        .containsEntry("padding-multiple", "32");
  }

  @Test
  void shortSidesAndPartsAreDrawn() {
    Crop crop =
        data("{training: {crop: fit-or-part, resize: [800, 1333], short-sides: [480, 800],"
                + " padding-multiple: 32}}")
            .trainingTransform()
            .crop();
    Resize drawn = new Resize.Choice(List.of(480, 800), 1333);
    Resize first = new Resize.Choice(List.of(400, 500, 600), 1333);
    assertThat(crop)
        .isEqualTo(
            new OneOf(
                List.of(
                    new Crop.Scaled(drawn, new Window.Whole(), PADDING),
                    new Zoomed(first, 384, 600, drawn, PADDING))));
  }

  @Test
  void mosaicsAndLetterboxesAreSquares() {
    DataSettings data =
        data(
            "{training: {crop: mosaic, size: 640, padding-colour: grey, mosaic: {zoom: 0.25},"
                + " rand-augment: none, hsv-gains: [0.015, 0.7, 0.4]},"
                + " evaluation: {crop: letterbox, size: 640}}");
    TransformConfig training = data.trainingTransform();
    assertThat(training.mosaic()).contains(new Mosaic(640, 1, 0.1, 0.25));
    assertThat(training.crop()).isEqualTo(new Crop.Whole(640));
    assertThat(training.padding()).isEqualTo(PaddingColour.GREY);
    assertThat(training.augmentation().hsv()).isEqualTo(new HsvGains(0.015, 0.7, 0.4));
    TransformConfig evaluation = data.evaluationTransform();
    assertThat(evaluation.crop()).isEqualTo(new Letterbox(640));
    assertThat(evaluation.padding()).isEqualTo(PaddingColour.GREY);
    assertThat(data.evaluationSettings()).containsEntry("size", "640").doesNotContainKey("fit");
  }

  @Test
  void aRecipeFromBeforeTheKeysOfObjectsMeansTheSame() {
    Recipe recipe = RecipeReader.read("model: {preset: tiny}", "here", List.of());
    String before = SmallSplit.beforeObjects(recipe);
    assertThat(before).doesNotContain("multiple", "short-sides", "part", "mosaic", "hsv");
    assertThat(Recipe.fromYaml(before)).isEqualTo(recipe);
    assertThat(RecipeReader.readEarlier(before)).isEqualTo(recipe);
    assertThat(recipe.data().trainingTransform().mosaic()).isEmpty();
    assertThat(recipe.data().trainingTransform().augmentation().hsv()).isEqualTo(HsvGains.NONE);
    assertThat(recipe.data().evaluationTransform().padding()).isEqualTo(PaddingColour.BLACK);
    assertThat(recipe.data().evaluationSettings()).doesNotContainKey("padding-multiple");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          data: {training: {padding-multiple: 32}} | recipe r.yaml: data training padding-multiple: expected 0 for crop random-resized, found 32; set data.training.crop=fit
          data: {training: {crop: fit, padding-multiple: -1}} | recipe r.yaml: padding: expected 1 to 16384 pixels a side, found -1 x -1
          data: {training: {crop: mosaic, short-sides: [480]}} | recipe r.yaml: data training short-sides: expected none for crop mosaic, found [480]; set data.training.crop=fit
          data: {training: {crop: fit, short-sides: [480, 4000]}} | recipe r.yaml: resize: expected 1 <= short side <= long side, found 4000 and 2048
          data: {training: {crop: fit-or-part, part-size: [384]}} | recipe r.yaml: data training part-size: expected two numbers, found [384]
          data: {training: {crop: fit-or-part, part-size: [384, 300]}} | recipe r.yaml: part of an image: expected 1 <= smallest side <= largest side, found 384 and 300
          data: {training: {crop: fit-or-part, part-short-sides: []}} | recipe r.yaml: resize: expected at least one short side, found none
          data: {training: {crop: mosaic, mosaic: {zoom: 1}}} | recipe r.yaml: mosaic: expected a shift of 0 to 1 and a zoom of 0 to below 1, found 0.1 and 1.0
          data: {training: {crop: mosaic}} | recipe r.yaml: data training crop: expected mosaic for task detection alone, found it for task classification; set another data.training.crop
          data: {training: {hsv-gains: [0.1]}} | recipe r.yaml: data training hsv-gains: expected three numbers, found [0.1]
          data: {training: {hsv-gains: [0.1, 0, 0]}} | recipe r.yaml: augmentation: expected nothing else that changes levels beside hsv-gains, found rand-augment, colour-jitter or photometric-distortion; set rand-augment to none and the others to [0, 0, 0, 0]
          data: {evaluation: {padding-multiple: 32}} | recipe r.yaml: data evaluation padding-multiple: expected 0 for crop centre, found 32; set data.evaluation.crop=fit
          """)
  void impossibleValuesAreRefusedInOneLine(String yaml, String message) {
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> RecipeReader.read(yaml, "r.yaml", List.of()))
        .withMessage(message);
  }

  @Test
  void labelMapsAreEvaluatedOnWholeImagesAlone() {
    String yaml =
        "{task: segmentation, model: {semantic-fpn: {neck-width: 128}}, loss: {label-smoothing: 0},"
            + " data: {evaluation: {crop: fit, padding-multiple: 32}}}";
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> RecipeReader.read(yaml, "r.yaml", List.of()))
        .withMessage(
            "recipe r.yaml: data evaluation: expected crop fit and padding-multiple 0 for task"
                + " segmentation, found crop fit and 32; set data.evaluation.crop=fit and"
                + " data.evaluation.padding-multiple=0");
  }

  private static DataSettings data(String yaml) {
    String task = "task: detection, model: {preset: coco-yolo-16m}, loss: {label-smoothing: 0}";
    Recipe recipe = RecipeReader.read("{" + task + ", data: " + yaml + "}", "here", List.of());
    assertThat(Recipe.fromYaml(recipe.toYaml())).isEqualTo(recipe);
    return recipe.data();
  }
}
