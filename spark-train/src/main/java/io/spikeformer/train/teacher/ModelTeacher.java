package io.spikeformer.train.teacher;

import io.spikeformer.model.ClassLogits;
import io.spikeformer.model.Images;
import io.spikeformer.model.SpikeformerModel;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.model.kernel.Kernels;

/** A teacher that is a model of this project. */
public final class ModelTeacher implements Teacher {
  private final SpikeformerModel model;
  private final Kernels kernels;

  /**
   * Builds the model in its inference form.
   *
   * @param config architecture
   * @param state parameters and statistics in the order of the model's layout
   * @param kernels numeric work; closed with the teacher
   */
  public ModelTeacher(NetworkConfig config, float[] state, Kernels kernels) {
    this.kernels = kernels;
    this.model = SpikeformerModel.create(config, kernels, 0);
    model.state().put(state, 0, state.length);
    model.freeze();
  }

  @Override
  public float[] logits(Images images) {
    return ClassLogits.mean(model.infer(images));
  }

  @Override
  public void close() {
    model.close();
    kernels.close();
  }
}
