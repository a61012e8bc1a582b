package io.spikeformer.model.config;

/**
 * Surrogate gradient ds/dh of the spike s = [h &gt;= threshold], as a function of u = h -
 * threshold.
 *
 * <p>alpha is the sharpness; each form integrates to 1 over u.
 */
public enum Surrogate {
  /** alpha * sig(alpha u) * (1 - sig(alpha u)): the released models use alpha = 4. */
  SIGMOID {
    @Override
    public double derivative(double u, double alpha) {
      double e = Math.exp(-Math.abs(alpha * u));
      return alpha * e / ((1 + e) * (1 + e));
    }
  },
  /** alpha / 2 / (1 + (pi/2 alpha u)^2). */
  ATAN {
    @Override
    public double derivative(double u, double alpha) {
      double x = Math.PI / 2 * alpha * u;
      return alpha / 2 / (1 + x * x);
    }
  },
  /** alpha * max(0, 1 - alpha |u|). */
  TRIANGLE {
    @Override
    public double derivative(double u, double alpha) {
      return alpha * Math.max(0, 1 - alpha * Math.abs(u));
    }
  },
  /** alpha where |u| &lt;= 1 / (2 alpha), else 0: the paper's rectangular window. */
  RECTANGLE {
    @Override
    public double derivative(double u, double alpha) {
      return Math.abs(u) <= 0.5 / alpha ? alpha : 0;
    }
  };

  /** The derivative at u = h - threshold. */
  public abstract double derivative(double u, double alpha);
}
