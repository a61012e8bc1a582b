package io.spikeformer.model.kernel.fast;

import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Tensor;

/**
 * The element types that oneDNN computes products in.
 *
 * @param bfloat16 whether the machine can compute in bfloat16
 */
record ProductTypes(boolean bfloat16) {
  /**
   * The type to compute in: bfloat16 if it holds all operands exactly and the machine can. Bits fit
   * any type: the other operand decides, or else the result.
   */
  DataType operand(Tensor first, Tensor second, Tensor result) {
    DataType type = first.type() == DataType.BIT ? second.type() : first.type();
    if (type == DataType.BIT) {
      type = result.type();
    } else if (second.type() == DataType.FLOAT32) {
      type = DataType.FLOAT32;
    }
    return type == DataType.BFLOAT16 && bfloat16 ? type : DataType.FLOAT32;
  }

  /** The type in which oneDNN gives the result of operands of a type. */
  DataType result(DataType operands, Tensor result) {
    return operands == DataType.FLOAT32 ? DataType.FLOAT32 : result.type();
  }
}
