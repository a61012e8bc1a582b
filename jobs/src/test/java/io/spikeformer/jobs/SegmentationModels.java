package io.spikeformer.jobs;

import io.spikeformer.jobs.quickstart.ShapeScenes;
import io.spikeformer.train.recipe.Recipe;
import io.spikeformer.train.recipe.RecipeReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A small model of segmentation that answers with several classes, and data for it. */
public final class SegmentationModels {
  private SegmentationModels() {}

  /** A recipe for scenes, which are taken whole; with changes. */
  public static Recipe recipe(String... changes) {
    return RecipeReader.read(
        """
        task: segmentation
        model:
          preset: tiny
          widths: [8, 8, 8, 8]
          depths: [1, 1]
          heads: 1
          classes: 4
          semantic-fpn: {neck-width: 8, head-width: 8, fuse: mean, norm: bn}
        data: {evaluation: {crop: fit, fit: [40, 80]}}
        loss: {label-smoothing: 0.0}
        """,
        "test",
        List.of(changes));
  }

  /** A checkpoint of a recipe's model, whose neurons fire. */
  public static void write(Path file, Recipe recipe) throws IOException {
    TinyModels.writeActive(file, recipe, ShapeScenes.classes());
  }
}
