package io.spikeformer.model.memory;

import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.model.config.Precision;
import io.spikeformer.model.config.Recompute;
import io.spikeformer.model.optim.OptimizerName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/**
 * Memory that one replica needs, outside the Java heap unless its owner says otherwise.
 *
 * @param subject the user of the memory, for messages
 * @param parts the amounts by purpose
 * @param savings what a user can do to need less
 */
public record MemoryNeed(String subject, List<Part> parts, List<String> savings) {
  private static final double GIGABYTE = 1e9;
  private static final String ACTIVATIONS = "activations";
  // state and gradient; for inference state, folded weights and their copy in oneDNN's order: that
  // in the order of events lies on the heap
  private static final int VECTORS_OF_TRAINING = 2;
  private static final int VECTORS_OF_INFERENCE = 3;

  /** Copies the lists. */
  public MemoryNeed {
    parts = List.copyOf(parts);
    savings = List.copyOf(savings);
  }

  /** One use of memory, in bytes. */
  public record Part(String name, long bytes) {
    Part times(int factor) {
      return new Part(name, Math.multiplyExact(bytes, factor));
    }
  }

  /**
   * The need of training steps: exact for activations, input, parameters and optimizer; a bound for
   * the kernels' scratch memory, and for the activations of a detector, which follow its regions.
   *
   * @throws UserException if the machine has not even addresses for one image
   */
  public static MemoryNeed ofTraining(
      Workload workload, Recompute recompute, OptimizerName optimizer) {
    int vectors = VECTORS_OF_TRAINING + optimizer.moments();
    List<Part> parts =
        measure(
            workload,
            dry -> dry.step(recompute).workspaceBytes(),
            "parameters and optimizer",
            dry -> vectors * dry.parameterBytes() + dry.largestParameterBytes());
    List<String> savings = new ArrayList<>();
    savings.add("a smaller batch");
    if (recompute == Recompute.NONE) {
      savings.add("recompute: block");
    }
    return new MemoryNeed("training " + workload, parts, withPrecision(savings, workload));
  }

  /** Bytes of the parameters and statistics alone; neither batch nor image size change them. */
  public static long stateBytes(Workload workload) {
    try (DryRun dry = new DryRun(workload)) {
      return dry.parameterBytes();
    }
  }

  /** The need of inference, in its inference form; as exact as that of training. */
  public static MemoryNeed ofInference(Workload workload) {
    List<Part> parts =
        measure(
            workload,
            dry -> dry.infer().workspaceBytes(),
            "parameters",
            dry -> VECTORS_OF_INFERENCE * dry.parameterBytes());
    List<String> savings = new ArrayList<>(List.of("a smaller batch"));
    return new MemoryNeed("inference of " + workload, parts, withPrecision(savings, workload));
  }

  private static List<String> withPrecision(List<String> savings, Workload workload) {
    if (workload.config().precision() == Precision.FLOAT32) {
      savings.add("precision: bfloat16");
    }
    return savings;
  }

  private static List<Part> measure(
      Workload workload,
      ToLongFunction<DryRun> passes,
      String parameters,
      ToLongFunction<DryRun> parameterBytes) {
    try (DryRun dry = new DryRun(workload)) {
      return List.of(
          new Part(ACTIVATIONS, passes.applyAsLong(dry) + dry.inputBytes()),
          new Part(parameters, parameterBytes.applyAsLong(dry)),
          new Part("scratch", dry.scratchBytes()));
    } catch (OutOfMemoryError e) {
      // not even addresses for that much: the activations are proportional to the batch
      if (workload.batch() == 1) {
        throw new UserException(
            e,
            "memory: %s: one image alone needs more than this machine can give: choose smaller"
                + " images or fewer timesteps",
            workload);
      }
      return measure(workload.withBatch(1), passes, parameters, parameterBytes).stream()
          .map(part -> part.name().equals(ACTIVATIONS) ? part.times(workload.batch()) : part)
          .toList();
    }
  }

  /** The same with one more part. */
  public MemoryNeed with(Part part) {
    List<Part> more = new ArrayList<>(parts);
    more.add(part);
    return new MemoryNeed(subject, more, savings);
  }

  /** Bytes of all parts. */
  public long bytes() {
    return parts.stream().mapToLong(Part::bytes).sum();
  }

  /** The total in GB (10^9 bytes), and what it consists of. */
  public String describe() {
    return gigabytes(bytes()) + " GB (" + consistsOf() + ")";
  }

  private String consistsOf() {
    return parts.stream()
        .map(part -> part.name() + " " + gigabytes(part.bytes()))
        .collect(Collectors.joining(", "));
  }

  private static String gigabytes(long bytes) {
    return Text.format("%.2f", bytes / GIGABYTE);
  }

  /**
   * Why that many replicas do not fit into what is left, in one line; empty if they do.
   *
   * @param replicas that share the memory, &gt;= 1
   */
  public Optional<String> refusal(int replicas, MachineMemory machine) {
    if (replicas * bytes() <= machine.left()) {
      return Optional.empty();
    }
    String found =
        gigabytes(Math.max(0, machine.left()))
            + " GB are left beside the heap of "
            + gigabytes(machine.heap())
            + " GB";
    return Optional.of(refusal(replicas, "outside the heap", found));
  }

  /**
   * Why that many replicas do not fit onto a Java heap, in one line; empty if they do. Of a need of
   * the heap.
   *
   * @param replicas that share the heap, &gt;= 1
   * @param limit most bytes that the heap may have
   */
  public Optional<String> refusalOnHeap(int replicas, long limit) {
    return replicas * bytes() <= limit
        ? Optional.empty()
        : Optional.of(
            refusal(replicas, "of the heap", "the heap has at most " + gigabytes(limit) + " GB"));
  }

  private String refusal(int replicas, String where, String found) {
    List<String> choices = new ArrayList<>(savings);
    if (replicas > 1) {
      choices.add("fewer replicas at once");
    }
    String last = choices.remove(choices.size() - 1);
    return "memory: "
        + subject
        + " needs "
        + gigabytes(bytes())
        + " GB "
        + where
        + (replicas > 1 ? " for each of " + replicas + " replicas" : "")
        + " ("
        + consistsOf()
        + "), and "
        + found
        + ": choose "
        + (choices.isEmpty() ? last : String.join(", ", choices) + " or " + last);
  }
}
