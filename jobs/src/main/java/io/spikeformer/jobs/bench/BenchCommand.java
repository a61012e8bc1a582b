package io.spikeformer.jobs.bench;

import io.spikeformer.common.Text;
import io.spikeformer.jobs.cli.KernelOptions;
import io.spikeformer.jobs.cli.OutputOptions;
import io.spikeformer.jobs.cli.PositiveNumber;
import io.spikeformer.jobs.cli.PresetOptions;
import io.spikeformer.jobs.cli.StepOptions;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.model.memory.MemoryNeed;
import io.spikeformer.model.memory.Preflight;
import io.spikeformer.model.memory.Workload;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures the speed of training and inference in this process, without Spark. */
@Command(
    name = "bench",
    description = {
      "Measures the speed of training steps and of inference, without Spark or data. With a"
          + " Semantic FPN that includes the loss of random label maps at the images' size, and the"
          + " class of every pixel; with a Mask R-CNN, 7 random objects in every image, and the masks"
          + " of what is detected.",
      "The parameters are random; kernels that skip what does not fire depend on --activity."
    },
    showDefaultValues = true,
    footerHeading = "%nExample:%n",
    footer = "  jobs/spikeformer bench --preset 15M --batch 8 --precision bfloat16")
public final class BenchCommand implements Runnable {
  private static final double GIGABYTE = 1e9;
  private static final double MILLI = 1e3;
  private static final double PERCENT = 100;

  @Mixin private PresetOptions network;
  @Mixin private StepOptions step;
  @Mixin private KernelOptions kernelOptions;
  @Mixin private OutputOptions output;

  @Option(
      names = "--timesteps",
      paramLabel = "T",
      defaultValue = "1",
      description = "Timesteps.",
      converter = PositiveNumber.class)
  private int timesteps;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "5",
      description = "Timed steps, after one that is not counted.",
      converter = PositiveNumber.class)
  private int steps;

  @Option(
      names = "--activity",
      paramLabel = "NAME",
      defaultValue = "trained",
      description = {
        "How often neurons fire: trained (as often as in a trained model)",
        "or fresh (as the initial parameters make them)."
      })
  private Activity activity;

  @Option(
      names = "--profile",
      description =
          "Also print how long each kind of work in a training step and in an inference takes, and"
              + " the classes of pixels in inference.")
  private boolean profile;

  @Override
  public void run() {
    NetworkConfig config = step.apply(network.config().withTimesteps(timesteps));
    Benchmark.requireOneArray(config, step.batch(), network.size());
    try (Kernels kernels = kernelOptions.create()) {
      Workload workload =
          Workload.of(
              config, step.batch(), network.size().height(), network.size().width(), kernels);
      Preflight.require(MemoryNeed.ofTraining(workload, step.recompute(), Benchmark.OPTIMIZER));
      KernelTimes times = new KernelTimes(kernels);
      Kernels used = profile ? times.timed() : kernels;
      try (Benchmark benchmark =
          new Benchmark(config, used, step.batch(), network.size(), activity)) {
        run(config, kernels, benchmark, times);
      }
    }
  }

  private void run(NetworkConfig config, Kernels kernels, Benchmark benchmark, KernelTimes times) {
    benchmark.recompute(step.recompute());
    Map<String, Object> result = circumstances(config, kernels);
    Benchmark.Timing train = benchmark.train(steps);
    output.progress(benchmark.line("train", train));
    result.put("train", json(train));
    if (profile) {
      StepProfile steady = benchmark.profile(times, steps);
      output.progress(steady.text("a training step"));
      result.put("profile", steady.json());
    }
    Benchmark.Timing infer = benchmark.infer(steps);
    output.progress(benchmark.line("infer", infer));
    result.put("infer", json(infer));
    if (profile) {
      StepProfile steady = benchmark.profileInference(times, steps);
      output.progress(steady.text("an inference"));
      result.put("inferenceProfile", steady.json());
      benchmark.answer(steps).ifPresent(answer -> describe(answer, infer, result));
    }
    double rate = benchmark.firingRate();
    output.progress(Text.format("mean firing rate of inference %.3f", rate));
    result.put("firingRate", rate);
    double gigabytes = PeakMemory.bytes() / GIGABYTE;
    result.put("peakResidentGigabytes", gigabytes);
    output.print(() -> Text.format("peak resident memory %.2f GB", gigabytes), () -> result);
  }

  private void describe(
      Benchmark.Answering answer, Benchmark.Timing infer, Map<String, Object> result) {
    double seconds = answer.timing().medianSeconds();
    output.progress(
        Text.format(
            "  of it %.1f ms, %.1f %%, %s",
            MILLI * seconds, PERCENT * seconds / infer.medianSeconds(), answer.work()));
    result.put("answer", json(answer.timing()));
  }

  private Map<String, Object> circumstances(NetworkConfig config, Kernels kernels) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("model", config.name());
    object.put("timesteps", timesteps);
    object.put("batch", step.batch());
    object.put("size", network.size().height());
    object.put("width", network.size().width());
    object.put("precision", config.precision().label());
    object.put("recompute", step.recompute().label());
    object.put("activity", activity.label());
    object.put("kernels", kernels.name());
    object.put("threads", kernels.threads());
    object.put("steps", steps);
    return object;
  }

  private Map<String, ?> json(Benchmark.Timing timing) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("medianSeconds", timing.medianSeconds());
    object.put("imagesPerSecond", step.batch() / timing.medianSeconds());
    object.put("bestImagesPerSecond", step.batch() / timing.bestSeconds());
    return object;
  }
}
