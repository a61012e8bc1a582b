package io.spikeformer.model.kernel.fast;

import static org.bytedeco.dnnl.global.dnnl.dnnl_get_effective_cpu_isa;

import jdk.incubator.vector.FloatVector;
import org.bytedeco.dnnl.global.dnnl;

/** Whether {@link FastKernels} can run on this machine; to be asked once the module is there. */
public final class FastSupport {
  private static final int LEAST_BITS = 256;

  private FastSupport() {}

  /** Why the fast kernels cannot run here, in a few words, or null if they can. */
  public static String obstacle() {
    int bits = FloatVector.SPECIES_PREFERRED.vectorBitSize();
    if (bits < LEAST_BITS) {
      return "the processor computes with vectors of " + bits + " bits, AVX2 has " + LEAST_BITS;
    }
    try {
      int avx2 = dnnl.dnnl_cpu_isa_avx2;
      if ((dnnl_get_effective_cpu_isa() & avx2) != avx2) {
        return "oneDNN finds no AVX2 on this processor";
      }
      new FastKernels(1).close();
      return null;
    } catch (LinkageError | RuntimeException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      return "the native libraries of oneDNN and ND4J do not load (" + cause + ")";
    }
  }

  /** What they run with, for the log. */
  public static String description() {
    return "oneDNN and vectors of " + FloatVector.SPECIES_PREFERRED.vectorBitSize() + " bits";
  }
}
