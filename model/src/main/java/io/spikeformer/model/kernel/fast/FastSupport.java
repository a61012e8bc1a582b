package io.spikeformer.model.kernel.fast;

import static org.bytedeco.dnnl.global.dnnl.dnnl_get_default_fpmath_mode;
import static org.bytedeco.dnnl.global.dnnl.dnnl_get_effective_cpu_isa;

import java.util.ArrayList;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.IntPointer;

/** Whether {@link FastKernels} can run on this machine; to be asked once the module is there. */
public final class FastSupport {
  private static final int LEAST_BITS = 256;

  /** Names of the bits of oneDNN's dnnl_cpu_isa_t, from the lowest on. */
  private static final List<String> INSTRUCTION_SETS =
      List.of(
          "sse41",
          "avx",
          "avx2",
          "avx_vnni",
          "avx_vnni_2",
          "avx512_core",
          "avx512_vnni",
          "avx512_bf16",
          "avx512_fp16",
          "amx_tile",
          "amx_int8",
          "amx_bf16",
          "amx_fp16");

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

  /**
   * The instruction sets that oneDNN chooses its code by: those of the processor, less what
   * ONEDNN_MAX_CPU_ISA forbids; and its mode of float32 products where that is not strict.
   */
  static List<String> processorFeatures() {
    List<String> features = new ArrayList<>();
    int sets = dnnl_get_effective_cpu_isa();
    for (int bit = 0; bit < Integer.SIZE; bit++) {
      if ((sets & 1 << bit) != 0) {
        features.add(bit < INSTRUCTION_SETS.size() ? INSTRUCTION_SETS.get(bit) : "isa-bit-" + bit);
      }
    }
    int mode = defaultMode();
    if (mode != dnnl.dnnl_fpmath_mode_strict) {
      features.add("float32-mode-" + mode);
    }
    return List.copyOf(features);
  }

  private static int defaultMode() {
    try (IntPointer mode = new IntPointer(1)) {
      Native.check(dnnl_get_default_fpmath_mode(mode), "reading the mode of float32 products");
      return mode.get();
    }
  }

  /** The libraries and vectors that they run with, for the log. */
  public static String description() {
    return "oneDNN and vectors of " + FloatVector.SPECIES_PREFERRED.vectorBitSize() + " bits";
  }
}
