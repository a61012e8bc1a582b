package io.spikeformer.tasks.detection;

import io.spikeformer.model.kernel.Tensor;
import java.nio.FloatBuffer;

/**
 * The channel of the true class of each region, in tensors of float32 [regions, cells, classes].
 * Only these are copied: with many classes the others are most of such a tensor.
 *
 * @param labels true class of each region
 * @param cells of a region
 */
record TrueChannels(int[] labels, int cells) {
  /** Reads them: [regions, cells]. */
  float[] of(Tensor all) {
    int classes = all.channels();
    float[] values = new float[labels.length * cells];
    for (int region = 0; region < labels.length; region++) {
      FloatBuffer own = region(all, region);
      for (int cell = 0; cell < cells; cell++) {
        values[region * cells + cell] = own.get(cell * classes + labels[region]);
      }
    }
    return values;
  }

  /**
   * Writes them; all others stay as they are.
   *
   * @param values [regions, cells]
   */
  void put(float[] values, Tensor all) {
    int classes = all.channels();
    for (int region = 0; region < labels.length; region++) {
      FloatBuffer own = region(all, region);
      for (int cell = 0; cell < cells; cell++) {
        own.put(cell * classes + labels[region], values[region * cells + cell]);
      }
    }
  }

  private FloatBuffer region(Tensor all, int region) {
    long length = (long) cells * all.channels();
    return all.bytes(region * length, length).asFloatBuffer();
  }
}
