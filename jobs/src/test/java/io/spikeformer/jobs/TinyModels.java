package io.spikeformer.jobs;

import io.spikeformer.model.KernelProvider;
import io.spikeformer.model.SpikeformerModel;
import io.spikeformer.model.block.ParameterLayout;
import io.spikeformer.model.checkpoint.Checkpoint;
import io.spikeformer.model.checkpoint.CheckpointFormat;
import io.spikeformer.model.checkpoint.TrainingPosition;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.train.recipe.Recipe;
import io.spikeformer.train.recipe.RecipeReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;

/** Checkpoints of seeded random weights, for tests that train nothing. */
public final class TinyModels {
  private static final String RECIPE =
      """
      model: {preset: tiny, widths: [8, 8, 8, 8], depths: [1, 1], heads: 1}
      data: {evaluation: {crop: none, size: 16}}
      """;

  /** Divided by its root, potentials reach the threshold. */
  private static final float SMALL_VARIANCE = 0.05f;

  private TinyModels() {}

  /** A checkpoint for images of 16x16. */
  public static void write(Path file, int classes) throws IOException {
    write(file, RecipeReader.read(RECIPE, "test", List.of("model.classes=" + classes)));
  }

  /** The same with names for its classes. */
  public static void write(Path file, List<String> classes) throws IOException {
    List<String> number = List.of("model.classes=" + classes.size());
    write(file, RecipeReader.read(RECIPE, "test", number), classes);
  }

  /**
   * A model that fires integers up to 4, as {@link #writeActive}.
   *
   * @param number of its classes
   * @param size height and width of its images
   * @param classes their names, or none
   */
  public static void writeIntegers(Path file, int number, int size, List<String> classes)
      throws IOException {
    String text =
        """
        model: {preset: tiny, widths: [16, 8, 16, 16], depths: [1, 1], heads: 2, neuron: {levels: 4}}
        data: {evaluation: {crop: none}}
        """;
    List<String> settings = List.of("model.classes=" + number, "data.evaluation.size=" + size);
    writeActive(file, RecipeReader.read(text, "test", settings), classes);
  }

  /** A checkpoint of a recipe's model, not trained. */
  public static void write(Path file, Recipe recipe) throws IOException {
    write(file, recipe, List.of());
  }

  /** The same with names for its classes, which it learnt from some data. */
  public static void write(Path file, Recipe recipe, List<String> classes) throws IOException {
    write(file, recipe, classes, (config, state) -> {});
  }

  /**
   * The same with neurons that fire, so that different images have different logits: a model that
   * was not trained is silent.
   */
  public static void writeActive(Path file, Recipe recipe, List<String> classes)
      throws IOException {
    write(file, recipe, classes, TinyModels::activate);
  }

  private static void activate(NetworkConfig config, float[] state) {
    for (ParameterLayout.Entry entry : ParameterLayout.of(config).entries()) {
      if (entry.name().endsWith(".runningVar")) {
        int end = (int) (entry.offset() + entry.length());
        Arrays.fill(state, (int) entry.offset(), end, SMALL_VARIANCE);
      }
    }
  }

  private static void write(
      Path file, Recipe recipe, List<String> classes, BiConsumer<NetworkConfig, float[]> change)
      throws IOException {
    NetworkConfig config = recipe.model().toConfig();
    try (Kernels kernels = KernelProvider.create("reference", 1);
        SpikeformerModel model = SpikeformerModel.create(config, kernels, 3);
        OutputStream out = Files.newOutputStream(file)) {
      float[] state = model.state().toArray();
      change.accept(config, state);
      CheckpointFormat.write(
          new Checkpoint(
                  config,
                  TrainingPosition.START,
                  recipe.toYaml(),
                  classes.isEmpty() ? "" : "9 samples in 3 shards, checksum 1234abcd",
                  List.of(),
                  state,
                  List.of())
              .withClasses(classes),
          out);
    }
  }
}
