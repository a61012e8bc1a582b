package io.spikeformer.train;

import io.spikeformer.data.EventConfig;
import io.spikeformer.model.Images;
import io.spikeformer.model.ModelException;
import io.spikeformer.model.NetworkConfig;
import io.spikeformer.model.SpikeformerModel;
import io.spikeformer.model.checkpoint.Checkpoint;
import io.spikeformer.model.kernel.Kernels;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;

/**
 * A trained model that answers for the images of a training step as that step sees them, augmented
 * and normalised. Serves one thread at a time.
 */
public final class Teacher implements AutoCloseable {
  private final SpikeformerModel model;
  private final Kernels kernels;

  /**
   * Builds the model.
   *
   * @param checkpoint what {@link #load} gave
   * @param kernels numeric work; closed with the teacher
   */
  public Teacher(Checkpoint checkpoint, Kernels kernels) {
    this.kernels = kernels;
    this.model = SpikeformerModel.create(checkpoint.config(), kernels, 0);
    model.state().put(checkpoint.state(), 0, checkpoint.state().length);
    model.freeze();
  }

  /**
   * Reads the recipe's teacher.
   *
   * @param recipe with a teacher
   * @throws ModelException in one line if it cannot answer for the recipe's images
   */
  public static Checkpoint load(Recipe recipe, Configuration hadoop, Consumer<String> warnings) {
    String place = recipe.distillation().teacher();
    Checkpoint checkpoint = OutputFolder.load(place, hadoop, warnings);
    NetworkConfig teacher = checkpoint.config();
    NetworkConfig student = recipe.model().toConfig();
    require(place, "classes", student.classes(), teacher.classes());
    require(place, "channels", student.channels(), teacher.channels());
    if (recipe.trainingInput() instanceof EventConfig) {
      require(place, "timesteps", student.timesteps(), teacher.timesteps());
    }
    if (!checkpoint.recipe().isEmpty()) {
      DataSettings data = Recipe.fromYaml(checkpoint.recipe()).data();
      require(place, "data.mean", recipe.data().mean(), data.mean());
      require(place, "data.std", recipe.data().std(), data.std());
    }
    return checkpoint;
  }

  private static void require(String place, String what, Object expected, Object found) {
    if (!expected.equals(found)) {
      throw new ModelException(
          "distillation teacher %s: expected %s %s as in the recipe, found %s"
              .formatted(place, what, expected, found));
    }
  }

  /** Logits [B * classes]. */
  float[] logits(Images images) {
    return model.infer(images);
  }

  @Override
  public void close() {
    model.close();
    kernels.close();
  }
}
