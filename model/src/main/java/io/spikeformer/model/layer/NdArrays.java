package io.spikeformer.model.layer;

import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Tensor;
import java.util.Arrays;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Float32 memory seen as a tensor of ours or as an array of ND4J, without copies. */
public final class NdArrays {
  private NdArrays() {}

  /**
   * A tensor over an array's memory; the array must outlive it and be float32, dense and in C
   * order.
   */
  public static Tensor tensor(INDArray array) {
    return Tensor.view(DataType.FLOAT32, array.data().addressPointer().address(), array.shape());
  }

  /** The array itself if it is float32, dense and in C order, else such a copy. */
  public static INDArray dense(INDArray array) {
    boolean plain =
        array.dataType() == org.nd4j.linalg.api.buffer.DataType.FLOAT
            && array.ordering() == 'c'
            && Arrays.equals(array.stride(), strides(array.shape()));
    return plain ? array : array.castTo(org.nd4j.linalg.api.buffer.DataType.FLOAT).dup('c');
  }

  /** An array over a tensor's memory; the tensor must be float32 and outlive it. */
  public static INDArray array(Tensor tensor) {
    FloatPointer memory = new FloatPointer(tensor.pointer());
    memory.limit(tensor.elements()).capacity(tensor.elements());
    return Nd4j.create(
        Nd4j.createBuffer(memory, tensor.elements(), org.nd4j.linalg.api.buffer.DataType.FLOAT),
        tensor.shape(),
        strides(tensor.shape()),
        0,
        'c');
  }

  /** Frees the memory that an array of ND4J's lies in; neither it nor views may be used then. */
  public static void free(INDArray array) {
    DataBuffer whole = array.data().originalDataBuffer();
    if (whole == null) {
      whole = array.data();
    }
    if (whole.closeable()) {
      whole.close();
    }
  }

  private static long[] strides(long[] shape) {
    long[] strides = new long[shape.length];
    long step = 1;
    for (int i = shape.length - 1; i >= 0; i--) {
      strides[i] = step;
      step *= shape[i];
    }
    return strides;
  }
}
