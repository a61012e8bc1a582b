package io.spikeformer.model.kernel;

/**
 * The real-valued drive x of a layer of neurons, formed on the fly: x = scale[c] * value + shift[c]
 * + residual.
 *
 * <p>With batch normalisation folded into scale and shift, and the membrane shortcut as residual, x
 * itself need not be stored.
 *
 * @param value [rows, C], float32 or bfloat16
 * @param scale [C] or null for 1
 * @param shift [C] or null for 0; null exactly if scale is
 * @param residual [rows, C] float32, or null for 0
 */
public record Drive(Tensor value, float[] scale, float[] shift, Tensor residual) {
  /** x = value. */
  public static Drive of(Tensor value) {
    return new Drive(value, null, null, null);
  }

  /** x = scale * value + shift. */
  public static Drive affine(Tensor value, float[] scale, float[] shift) {
    return new Drive(value, scale, shift, null);
  }
}
