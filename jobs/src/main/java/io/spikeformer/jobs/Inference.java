package io.spikeformer.jobs;

import io.spikeformer.model.Images;
import io.spikeformer.model.NetworkConfig;
import io.spikeformer.model.SpikeformerModel;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.model.memory.Workload;
import java.util.Arrays;

/**
 * Runs a model over an array of inputs, a minibatch at a time.
 *
 * <p>Inputs are static images [B, H, W, C] or one frame per timestep [T, B, H, W, C].
 */
final class Inference {
  private static final int STATIC_DIMENSIONS = 4;
  private static final int FRAME_DIMENSIONS = 5;

  private final NpyArray inputs;
  private final int frames;
  private final int count;
  private final int height;
  private final int width;
  private final int channels;

  /**
   * Checks the shape of the inputs.
   *
   * @param inputs normalised pixels
   * @param source name for messages
   */
  Inference(NpyArray inputs, String source) {
    int[] shape = inputs.shape();
    boolean fits =
        (shape.length == STATIC_DIMENSIONS || shape.length == FRAME_DIMENSIONS)
            && Arrays.stream(shape).allMatch(size -> size > 0);
    if (!fits) {
      throw new JobException(
          source
              + ": expected [B, H, W, C] or [T, B, H, W, C] with sizes >= 1, found shape "
              + Arrays.toString(shape));
    }
    int offset = shape.length - STATIC_DIMENSIONS;
    this.inputs = inputs;
    this.frames = offset == 0 ? 1 : shape[0];
    this.count = shape[offset];
    this.height = shape[offset + 1];
    this.width = shape[offset + 2];
    this.channels = shape[offset + 3];
  }

  /** 1 for static images, else the number of frames, one per timestep. */
  int frames() {
    return frames;
  }

  /** Number of inputs B. */
  int count() {
    return count;
  }

  /** What is computed at once for batches of a size. */
  Workload workload(NetworkConfig config, int batchSize, Kernels kernels) {
    return Workload.of(config, Math.min(count, batchSize), height, width, kernels);
  }

  /** Logits [B, classes]. */
  NpyArray logits(SpikeformerModel model, int batchSize) {
    model.freeze();
    int classes = model.config().classes();
    float[] logits = new float[Math.multiplyExact(count, classes)];
    for (int from = 0; from < count; from += batchSize) {
      int size = Math.min(batchSize, count - from);
      float[] part = model.infer(batch(from, size));
      System.arraycopy(part, 0, logits, from * classes, part.length);
    }
    return new NpyArray(new int[] {count, classes}, logits);
  }

  /** Inputs [from, from + size) of every frame. */
  private Images batch(int from, int size) {
    int one = height * width * channels;
    float[] pixels = new float[frames * size * one];
    for (int frame = 0; frame < frames; frame++) {
      System.arraycopy(
          inputs.values(), (frame * count + from) * one, pixels, frame * size * one, size * one);
    }
    return new Images(pixels, frames, size, height, width, channels);
  }
}
