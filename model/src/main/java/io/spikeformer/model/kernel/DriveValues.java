package io.spikeformer.model.kernel;

/** A {@link Drive} copied into arrays, for plain code. */
final class DriveValues {
  private final float[] value;
  private final float[] scale;
  private final float[] shift;
  private final float[] residual;
  private final int channels;

  DriveValues(Drive drive) {
    this.value = drive.value().toArray();
    this.scale = drive.scale();
    this.shift = drive.shift();
    this.residual = drive.residual() == null ? null : drive.residual().toArray();
    this.channels = drive.value().channels();
  }

  int length() {
    return value.length;
  }

  /** The value before scale, shift and residual. */
  float value(int index) {
    return value[index];
  }

  /** x of one element; every operation rounds to float, in this order, in all implementations. */
  float at(int index) {
    float x = value[index];
    if (scale != null) {
      int c = index % channels;
      x = scale[c] * x + shift[c];
    }
    return residual == null ? x : x + residual[index];
  }
}
