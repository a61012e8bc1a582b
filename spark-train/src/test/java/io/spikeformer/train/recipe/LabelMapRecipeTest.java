package io.spikeformer.train.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.spikeformer.common.UserException;
import io.spikeformer.data.augment.ColourJitter;
import io.spikeformer.data.augment.ImageAugmentation;
import io.spikeformer.data.augment.InterpolationChoice;
import io.spikeformer.data.augment.PhotometricDistortion;
import io.spikeformer.data.augment.RandomErasing;
import io.spikeformer.data.batch.PaddingColour;
import io.spikeformer.data.batch.TransformConfig;
import io.spikeformer.data.geometry.Crop;
import io.spikeformer.data.geometry.Extent;
import io.spikeformer.data.geometry.Padding;
import io.spikeformer.data.geometry.Resize;
import io.spikeformer.data.geometry.SlidingWindow;
import io.spikeformer.data.geometry.Window;
import io.spikeformer.model.config.FrozenParts;
import io.spikeformer.model.optim.ParameterGroups;
import io.spikeformer.model.optim.Schedule;
import io.spikeformer.tasks.LossDivisor;
import io.spikeformer.tasks.LossSettings;
import io.spikeformer.train.SmallSplit;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The keys of recipes for images with label maps. */
class LabelMapRecipeTest {
  @Test
  void imagesWithLabelsForPixelsAreScaledAndCut() {
    Recipe recipe =
        RecipeReader.read(
            "data: {training: {crop: scaled, size: 512, padding-colour: mean, rand-augment: none,"
                + " photometric-distortion: [32, 0.5, 0.5, 18], random-erasing: 0},"
                + " evaluation: {crop: fit}}",
            "here",
            List.of("data.training.jitter=[0.5, 1.75]"));
    TransformConfig training = recipe.data().trainingTransform();
    assertThat(training.crop())
        .isEqualTo(
            new Crop.Scaled(
                new Resize.Fit(512, 2048, 0.5, 1.75),
                new Window.Random(512, 512, 0.75),
                new Padding.Size(512, 512)));
    assertThat(training.extent()).isEqualTo(new Extent(512, 512, Extent.Sizes.EQUAL));
    assertThat(training.padding()).isEqualTo(PaddingColour.MEAN);
    assertThat(training.augmentation())
        .isEqualTo(
            new ImageAugmentation(
                InterpolationChoice.BICUBIC,
                null,
                ColourJitter.NONE,
                new PhotometricDistortion(32, 0.5, 0.5, 18),
                RandomErasing.NONE));
    TransformConfig evaluation = recipe.data().evaluationTransform();
    assertThat(evaluation.crop()).isEqualTo(Crop.Scaled.fit(512, 2048, new Padding.None()));
    assertThat(evaluation.extent()).isEqualTo(new Extent(512, 2048, Extent.Sizes.SINGLE));
    assertThat(recipe.data().evaluationSettings()).containsEntry("fit", "[512, 2048]");
    assertThat(recipe.data().evaluationSettings()).doesNotContainKey("size");
    assertThat(Recipe.fromYaml(recipe.toYaml())).isEqualTo(recipe);
  }

  @Test
  void aRecipeFromBeforeTheKeysOfLabelsMeansTheSame() {
    Recipe recipe = RecipeReader.read("model: {preset: tiny}", "here", List.of());
    String before = SmallSplit.beforeLabelMaps(recipe);
    assertThat(before).doesNotContain("-colour", "share", "    jitter", "photo", "fit");
    assertThat(Recipe.fromYaml(before)).isEqualTo(recipe);
    assertThat(RecipeReader.readEarlier(before)).isEqualTo(recipe);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          data: {training: {crop: scaled, size: 0}} | recipe r.yaml: crop: expected 1 to 16384 pixels a side, found 0 x 0
          data: {training: {crop: scaled, resize: [2048, 512]}} | recipe r.yaml: resize: expected 1 <= short side <= long side, found 2048 and 512
          data: {training: {crop: scaled, resize: [512]}} | recipe r.yaml: data training resize: expected two numbers, found [512]
          data: {training: {crop: scaled, resize: [512, 20.5]}} | recipe r.yaml: data.training.resize.1: expected a whole number, found 20.5
          data: {training: {crop: scaled, resize: [9000, 16384]}} | recipe r.yaml: resize: expected at most 16384 pixels a side and 67108864 in all, found 9000 x 16384 times 2.0
          data: {training: {crop: scaled, jitter: [2, 0.5]}} | recipe r.yaml: resize: expected 0 < smallest factor <= largest factor, found 2.0 and 0.5
          data: {training: {crop: scaled, largest-class-share: 0}} | recipe r.yaml: crop: expected a largest share of a class above 0 and at most 1, found 0.0
          data: {training: {padding-colour: white}} | recipe r.yaml: padding colour: expected one of black, mean, grey, found 'white'
          data: {training: {photometric-distortion: [32, 0.5, 0.5]}} | recipe r.yaml: data training photometric-distortion: expected four numbers, the last one whole, found [32.0, 0.5, 0.5]
          data: {training: {photometric-distortion: [32, 0.5, 0.5, 1.5]}} | recipe r.yaml: data training photometric-distortion: expected four numbers, the last one whole, found [32.0, 0.5, 0.5, 1.5]
          data: {training: {rand-augment: none, photometric-distortion: [32, 2, 0.5, 18]}} | recipe r.yaml: photometric distortion: expected brightness in [0, 255], contrast and saturation in [0, 1] and hue in [0, 90], found 32.0, 2.0, 0.5 and 18
          data: {training: {photometric-distortion: [32, 0.5, 0.5, 18]}} | recipe r.yaml: augmentation: expected nothing else that changes levels beside photometric-distortion, found rand-augment or colour-jitter; set rand-augment to none and colour-jitter to [0, 0, 0, 0]
          data: {evaluation: {crop: big}} | recipe r.yaml: data evaluation crop: expected centre, fit, letterbox or none, found 'big'
          data: {evaluation: {crop: fit, fit: [0, 5]}} | recipe r.yaml: resize: expected 1 <= short side <= long side, found 0 and 5
          data: {evaluation: {fit: [1, 2, 3]}} | recipe r.yaml: data evaluation fit: expected two numbers, found [1, 2, 3]
          data: {evaluation: {stride: 8}} | recipe r.yaml: data evaluation stride: expected 0 without windows, found 8; set data.evaluation.window
          data: {evaluation: {window: 8}} | recipe r.yaml: window stride: expected 1 to the window's 8 pixels, found 0
          'data: {evaluation: {window: 8, stride: 8}}' | recipe r.yaml: data evaluation window: expected 0 for task classification, found 8; set data.evaluation.window=0 and data.evaluation.stride=0
          """)
  void impossibleValuesAreRefusedInOneLine(String yaml, String message) {
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> RecipeReader.read(yaml, "r.yaml", List.of()))
        .withMessage(message);
  }

  /** The authors' ADE20K training at T = 4, except for its data. */
  @Test
  void aSegmentationTrainingIsARecipe() {
    Recipe recipe =
        RecipeReader.read(
            """
            task: segmentation
            model: {timesteps: 4, semantic-fpn: {neck-width: 128}}
            data: {evaluation: {crop: fit, window: 512, stride: 341}}
            loss: {label-smoothing: 0, divisor: valid}
            optimizer:
              {name: adamw, weight-decay: 0.005, decay-on: all, neck-rate: 2, head-rate: 2}
            schedule:
              decay: polynomial
              power: 1
              epochs: null
              warm-up-epochs: null
              iterations: 160000
              warm-up-iterations: 1500
              warm-up-start: 1.0e-6
              base-rate: 1.0e-3
              scaling: none
              min-rate: 0
            freeze: {stages: 1, normalisation: statistics}
            initialise-head: new
            """,
            "here",
            List.of());
    assertThat(recipe.optimizer().toConfig().groups())
        .isEqualTo(new ParameterGroups(ParameterGroups.DecayOn.ALL, 2, 2));
    assertThat(recipe.schedule().toSchedule(1263, 16))
        .isEqualTo(
            new Schedule(
                Schedule.Decay.POLYNOMIAL,
                1e-3,
                0,
                1500,
                160_000,
                1,
                Schedule.Ends.AT_LAST_STEP,
                1e-6));
    assertThat(recipe.freeze().toFrozenParts())
        .isEqualTo(new FrozenParts(1, FrozenParts.Normalisation.STATISTICS));
    assertThat(recipe.loss()).isEqualTo(new LossSettings(0, LossDivisor.VALID));
    assertThat(recipe.evaluationInput().window()).contains(new SlidingWindow(512, 341));
    assertThat(recipe.evaluationInput().height()).isEqualTo(512);
    assertThat(recipe.data().evaluationSettings())
        .containsEntry("window", "512")
        .containsEntry("stride", "341");
    assertThat(Recipe.fromYaml(recipe.toYaml())).isEqualTo(recipe);
  }
}
