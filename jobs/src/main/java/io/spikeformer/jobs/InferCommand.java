package io.spikeformer.jobs;

import io.spikeformer.data.Storage;
import io.spikeformer.data.output.Outputs;
import io.spikeformer.data.output.PlaceContent;
import io.spikeformer.model.NetworkConfig;
import io.spikeformer.model.SpikeformerModel;
import io.spikeformer.model.checkpoint.Checkpoint;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.model.memory.MemoryNeed;
import io.spikeformer.model.memory.Preflight;
import io.spikeformer.train.OutputFolder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Computes the logits of an array of images in this process, without Spark. */
@Command(
    name = "infer",
    description = {
      "Computes the logits of images in a NumPy file.",
      "The input is float32, already normalised: [B,H,W,C] for static images or [T,B,H,W,C] for"
          + " one frame per timestep. The output is [B,classes].",
    },
    showDefaultValues = true,
    footerHeading = "%nExample:%n",
    footer = "  jobs/spikeformer infer --model runs/t4 --input images.npy --output logits.npy")
final class InferCommand implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(InferCommand.class);
  private static final long ANY_SEED = 0;

  @Mixin private KernelOptions kernelOptions;
  @Mixin private OutputOptions output;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "URI",
      description = "Checkpoint, or output folder of a training.")
  private String model;

  @Option(names = "--input", required = true, paramLabel = "FILE", description = "Images as .npy.")
  private Path input;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "URI",
      description = "File that receives the logits as .npy.")
  private String target;

  @Mixin private OverwriteOption overwrite;

  @Option(
      names = "--timesteps",
      paramLabel = "T",
      description = "Timesteps, if not those of the model or of the frames.",
      converter = PositiveNumber.class)
  private Integer timesteps;

  @Option(
      names = "--batch",
      paramLabel = "B",
      defaultValue = "16",
      description = "Images that are computed at once.",
      converter = PositiveNumber.class)
  private int batch;

  @Override
  public void run() {
    Configuration hadoop = HadoopSettings.configuration();
    Storage storage = new Storage(hadoop);
    org.apache.hadoop.fs.Path file =
        new Outputs(storage)
            .reads("--model", model)
            .reads("--input", input.toString())
            .file("--output", target, PlaceContent.ARRAY, overwrite.existing());
    Inference inference = new Inference(NpyFile.read(input), input.toString());
    Checkpoint checkpoint = OutputFolder.load(model, hadoop, LOG::warn);
    NetworkConfig config = checkpoint.config().withTimesteps(timesteps(checkpoint, inference));
    NpyArray logits;
    try (Kernels kernels = kernelOptions.create()) {
      Preflight.require(MemoryNeed.ofInference(inference.workload(config, batch, kernels)));
      try (SpikeformerModel replica = SpikeformerModel.create(config, kernels, ANY_SEED)) {
        replica.state().put(checkpoint.state());
        logits = inference.logits(replica, batch);
      }
    }
    storage.write(file, out -> NpyFile.write(out, logits));
    output.print(
        () -> target + ": " + logits + " of " + config.name() + " at T = " + config.timesteps(),
        () -> json(config, logits));
  }

  private int timesteps(Checkpoint checkpoint, Inference inference) {
    if (timesteps != null) {
      return timesteps;
    }
    return inference.frames() > 1 ? inference.frames() : checkpoint.config().timesteps();
  }

  private Map<String, ?> json(NetworkConfig config, NpyArray logits) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("model", config.name());
    object.put("timesteps", config.timesteps());
    object.put("output", target);
    object.put("shape", logits.shape());
    return object;
  }
}
