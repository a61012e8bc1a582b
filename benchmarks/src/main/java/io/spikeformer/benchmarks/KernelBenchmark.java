package io.spikeformer.benchmarks;

import io.spikeformer.model.KernelProvider;
import io.spikeformer.model.kernel.Kernels;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** The JMH benchmark: a call of the kernel that a {@link Subject} names. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.SECONDS)
public class KernelBenchmark {
  static final String PRODUCT_RATE = "productRate";
  static final String MEMORY_RATE = "memoryRate";

  /** Name of the subject. */
  @Param({""})
  public String subject;

  /** Threads of a call. */
  @Param({"1"})
  public int threads;

  private Kernels kernels;
  private Operands operands;
  private Ceilings ceilings;
  private Runnable call;

  /**
   * The ceilings, measured before every iteration, because a machine's speed changes while a
   * benchmark runs. JMH adds them up over the iterations.
   */
  @AuxCounters(AuxCounters.Type.EVENTS)
  @State(Scope.Thread)
  public static class Rates {
    private double product;
    private double memory;

    /** GFLOP/s. */
    public double productRate() {
      return product;
    }

    /** GB/s. */
    public double memoryRate() {
      return memory;
    }
  }

  /** Makes the kernels and the operands. */
  @Setup(Level.Trial)
  public void prepare() {
    Subject found = Subjects.named(subject);
    kernels = KernelProvider.create("fast", threads);
    operands = new Operands();
    ceilings = new Ceilings(kernels, found.type());
    call = found.setup().prepare(kernels, operands);
  }

  /** Measures the ceilings. */
  @Setup(Level.Iteration)
  public void measureCeilings(Rates rates) {
    rates.product = ceilings.productRate();
    rates.memory = ceilings.memoryRate();
  }

  /** One call. */
  @Benchmark
  public void call() {
    call.run();
  }

  /** Frees what {@link #prepare} made. */
  @TearDown(Level.Trial)
  public void close() {
    ceilings.close();
    operands.close();
    kernels.close();
  }
}
