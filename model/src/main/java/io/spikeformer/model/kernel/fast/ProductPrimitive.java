package io.spikeformer.model.kernel.fast;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.dnnl_matmul_primitive_desc_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_desc_destroy;

import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.MatmulShape;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;

/** A batch of strided matrix products on one thread. */
final class ProductPrimitive implements Worker.Compiled {
  /**
   * The key that a primitive is compiled for.
   *
   * @param operands type of A and B
   * @param result type of C
   */
  record Key(MatmulShape shape, DataType operands, DataType result) {}

  private final Primitive main;

  ProductPrimitive(Native context, Key key) {
    MatmulShape s = key.shape();
    dnnl_memory_desc a = describe(key.operands(), s, s.rows(), s.inner(), s.a());
    dnnl_memory_desc b = describe(key.operands(), s, s.inner(), s.columns(), s.b());
    dnnl_memory_desc c = describe(key.result(), s, s.rows(), s.columns(), s.c());
    dnnl_primitive_desc description = new dnnl_primitive_desc();
    int status =
        dnnl_matmul_primitive_desc_create(
            description, context.engine, a, b, null, c, context.attributes);
    dnnl_memory_desc_destroy(a);
    dnnl_memory_desc_destroy(b);
    dnnl_memory_desc_destroy(c);
    Native.check(status, "describing " + key);
    main = new Primitive(context, description, DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DST);
    dnnl_primitive_desc_destroy(description);
  }

  private static dnnl_memory_desc describe(
      DataType type, MatmulShape shape, int rows, int columns, MatmulShape.Strides strides) {
    return Native.strided(
        type,
        new long[] {shape.images(), shape.heads(), rows, columns},
        new long[] {strides.image(), strides.head(), strides.row(), strides.column()});
  }

  /** C = A B; addresses. */
  void run(long a, long b, long c) {
    main.run(a, b, c);
  }

  @Override
  public void close() {
    main.close();
  }
}
