package io.spikeformer.model;

import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.model.kernel.ReferenceKernels;
import io.spikeformer.model.kernel.fast.FastKernels;
import io.spikeformer.model.kernel.fast.FastSupport;
import io.spikeformer.natives.PackedNatives;
import java.util.Locale;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Chooses the implementation of {@link Kernels}, once, where a model is made. */
public final class KernelProvider {
  private static final String VECTOR_MODULE = "jdk.incubator.vector";
  private static final String FAST = "fast";
  private static final String REFERENCE = "reference";
  private static final Set<String> CHOICES = Set.of("auto", FAST, REFERENCE);

  private KernelProvider() {}

  /**
   * Creates kernels.
   *
   * @param choice {@code fast} (oneDNN and the Vector API), {@code reference} (plain loops), or
   *     {@code auto}: fast where it runs, else reference, with the reason logged once; case does
   *     not matter
   * @param threads threads that one call may use, &gt;= 1; the reference kernels use one
   * @throws IllegalArgumentException if the choice is unknown
   * @throws UserException if the fast kernels are demanded and cannot run here
   */
  public static Kernels create(String choice, int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException(
          Text.format("kernel threads: expected >= 1, found %s", threads));
    }
    requireRunnable(choice);
    boolean plain = choice.equalsIgnoreCase(REFERENCE) || Fast.OBSTACLE != null;
    return plain ? new ReferenceKernels() : new FastKernels(threads);
  }

  /**
   * Refuses what {@link #create} would refuse on any machine.
   *
   * @throws IllegalArgumentException if the choice is unknown
   */
  public static void requireKnown(String choice) {
    if (!CHOICES.contains(choice.toLowerCase(Locale.ROOT))) {
      throw new IllegalArgumentException(
          Text.format("kernels: expected auto, fast or reference, found '%s'", choice));
    }
  }

  /**
   * Refuses what {@link #create} would refuse on this machine, before anything is made.
   *
   * @throws IllegalArgumentException if the choice is unknown
   * @throws UserException if the fast kernels are demanded and cannot run here
   */
  public static void requireRunnable(String choice) {
    requireKnown(choice);
    if (choice.equalsIgnoreCase(FAST) && Fast.OBSTACLE != null) {
      throw new UserException(
          "kernels: fast cannot run here: %s; choose auto or reference", Fast.OBSTACLE);
    }
  }

  /** Examined and logged when first asked for. */
  private static final class Fast {
    private static final Logger LOG = LoggerFactory.getLogger(KernelProvider.class);
    static final String OBSTACLE = obstacle();

    static {
      if (OBSTACLE == null) {
        LOG.info("Fast kernels: {}", FastSupport.description());
      } else {
        LOG.warn("Fast kernels cannot run here, the reference kernels are slow: {}", OBSTACLE);
      }
    }

    private static String obstacle() {
      String machine = System.getProperty("os.arch");
      if (!machine.equals("amd64")) {
        return "the processor is " + machine + ", expected amd64";
      }
      // FastSupport touches the module, and would be unusable for good if that were not there
      if (ModuleLayer.boot().findModule(VECTOR_MODULE).isEmpty()) {
        return "the module is missing; start Java with --add-modules=" + VECTOR_MODULE;
      }
      PackedNatives.unpack();
      return FastSupport.obstacle();
    }
  }
}
