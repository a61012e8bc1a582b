package io.spikeformer.model.kernel;

/** Resampling as plain loops over the pixels of the result. */
final class ReferenceResampling {
  private final Resampling form;
  private final ResampledAxis rows;
  private final ResampledAxis columns;

  ReferenceResampling(Resampling form) {
    this.form = form;
    this.rows = form.rows();
    this.columns = form.columns();
  }

  /** The operation on a value of the result and the four that it mixes. */
  private interface Mixing {
    void value(int result, int[] sources, float[] shares);
  }

  void forward(Tensor x, Tensor y) {
    float[] in = x.toArray();
    float[] out = new float[Math.toIntExact(y.elements())];
    forEach(
        y,
        (result, sources, shares) -> {
          for (int i = 0; i < sources.length; i++) {
            out[result] += shares[i] * in[sources[i]];
          }
        });
    y.put(out);
  }

  void backward(Tensor dy, Tensor dx) {
    float[] gradient = dy.toArray();
    float[] out = new float[Math.toIntExact(dx.elements())];
    forEach(
        dy,
        (result, sources, shares) -> {
          for (int i = 0; i < sources.length; i++) {
            out[sources[i]] += shares[i] * gradient[result];
          }
        });
    dx.put(out);
  }

  private void forEach(Tensor results, Mixing mixing) {
    int channels = results.channels();
    int[] sources = new int[4];
    float[] shares = new float[4];
    for (int i = 0; i < results.elements(); i++) {
      int c = i % channels;
      int column = i / channels % form.toWidth();
      int row = i / channels / form.toWidth() % form.toHeight();
      int image = i / channels / form.toWidth() / form.toHeight();
      for (int corner = 0; corner < sources.length; corner++) {
        int y = corner < 2 ? rows.low()[row] : rows.high()[row];
        int x = corner % 2 == 0 ? columns.low()[column] : columns.high()[column];
        float down = rows.weight()[row];
        float right = columns.weight()[column];
        sources[corner] = ((image * form.height() + y) * form.width() + x) * channels + c;
        shares[corner] = (corner < 2 ? 1 - down : down) * (corner % 2 == 0 ? 1 - right : right);
      }
      mixing.value(i, sources, shares);
    }
  }
}
