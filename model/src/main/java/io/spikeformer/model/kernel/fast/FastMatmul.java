package io.spikeformer.model.kernel.fast;

import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.MatmulShape;
import io.spikeformer.model.kernel.Tensor;

/** Matrix products on oneDNN, divided by images as in {@link FastProducts}. */
final class FastMatmul {
  private final Team team;
  private final Worker[] workers;
  private final FastElementwise elementwise;
  private final ProductTypes types;

  FastMatmul(Team team, Worker[] workers, FastElementwise elementwise, ProductTypes types) {
    this.team = team;
    this.workers = workers;
    this.elementwise = elementwise;
    this.types = types;
  }

  void run(MatmulShape shape, Tensor a, Tensor b, Tensor c) {
    int parts = FastProducts.parts(team, shape.images(), shape.macs());
    DataType operands = types.operand(a, b, c);
    DataType results = types.result(operands, c);
    if (a.type() != operands || b.type() != operands || c.type() != results) {
      convertedMatmul(shape, a, b, c, operands, results);
      return;
    }
    team.run(
        parts,
        part -> {
          int first = FastProducts.first(shape.images(), part, parts);
          int images = FastProducts.first(shape.images(), part + 1, parts) - first;
          MatmulShape own =
              new MatmulShape(
                  images,
                  shape.heads(),
                  shape.rows(),
                  shape.inner(),
                  shape.columns(),
                  shape.a(),
                  shape.b(),
                  shape.c());
          workers[part]
              .product(new ProductPrimitive.Key(own, operands, results))
              .run(
                  a.address() + operands.byteSize(first * shape.a().image()),
                  b.address() + operands.byteSize(first * shape.b().image()),
                  c.address() + results.byteSize(first * shape.c().image()));
        });
  }

  /** Through whole converted copies of the operands, which keep their strides. */
  private void convertedMatmul(
      MatmulShape shape, Tensor a, Tensor b, Tensor c, DataType operands, DataType results) {
    Tensor left = converted(a, operands, Native.Buffer.FIRST);
    Tensor right = converted(b, operands, Native.Buffer.SECOND);
    // C may have gaps between its elements, which must keep their values
    Tensor product = converted(c, results, Native.Buffer.RESULT);
    run(shape, left, right, product);
    if (product != c) {
      elementwise.affine(Drive.of(product), c);
    }
  }

  private Tensor converted(Tensor tensor, DataType type, Native.Buffer use) {
    if (tensor.type() == type) {
      return tensor;
    }
    long address = workers[0].context.buffer(use, type.byteSize(tensor.elements()));
    Tensor copy = Tensor.view(type, address, tensor.shape());
    elementwise.affine(Drive.of(tensor), copy);
    return copy;
  }
}
