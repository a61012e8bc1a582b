package io.spikeformer.jobs.model;

import io.spikeformer.common.Text;
import io.spikeformer.data.output.OutputPlaces;
import io.spikeformer.data.output.PlaceContent;
import io.spikeformer.data.storage.Storage;
import io.spikeformer.jobs.cli.HadoopSettings;
import io.spikeformer.jobs.cli.OutputOptions;
import io.spikeformer.jobs.cli.OverwriteOption;
import io.spikeformer.model.block.ParameterLayout;
import io.spikeformer.model.checkpoint.Checkpoint;
import io.spikeformer.model.torch.ModelExport;
import io.spikeformer.train.output.OutputFolder;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes a model's weights for PyTorch and others. */
@Command(
    name = "export",
    description = {
      "Writes the weights of a model under the names of the paper's released models, as float32.",
      "safetensors: read by safetensors.torch.load_file and many others. torch-names: a checkpoint"
          + " that torch.load(FILE, weights_only=True)['model'] gives back as a state_dict.",
    },
    footerHeading = "%nExample:%n",
    footer =
        "  jobs/spikeformer export --model runs/t4 --format safetensors --output model.safetensors")
public final class ExportCommand implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(ExportCommand.class);

  @Mixin private OutputOptions output;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "URI",
      description = "Checkpoint, or output folder of a training.")
  private String model;

  @Option(
      names = "--format",
      required = true,
      paramLabel = "NAME",
      completionCandidates = FormatNames.class,
      description = "One of ${COMPLETION-CANDIDATES}.")
  private ModelExport.Format format;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "URI",
      description = "Receives the weights, for example model.safetensors or model.pth.")
  private String target;

  @Mixin private OverwriteOption overwrite;

  /** Names for --help and for did-you-mean. */
  static final class FormatNames implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Arrays.stream(ModelExport.Format.values()).map(ModelExport.Format::label).iterator();
    }
  }

  @Override
  public void run() {
    Configuration hadoop = HadoopSettings.configuration();
    Storage storage = new Storage(hadoop);
    Path file =
        new OutputPlaces(storage)
            .reads("--model", model)
            .file("--output", target, PlaceContent.WEIGHTS, overwrite.existing());
    Checkpoint checkpoint = OutputFolder.load(model, hadoop, LOG::warn);
    storage.write(file, out -> ModelExport.write(checkpoint, format, out));
    ParameterLayout layout = ParameterLayout.of(checkpoint.config());
    output.print(
        () ->
            Text.format(
                "%s: %d tensors of %s, %,d parameters",
                file, layout.entries().size(), checkpoint.config().name(), layout.trainable()),
        () -> json(checkpoint, layout, file.toString()));
  }

  private Map<String, ?> json(Checkpoint checkpoint, ParameterLayout layout, String file) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("model", checkpoint.config().name());
    object.put("format", format.label());
    object.put("tensors", layout.entries().size());
    object.put("parameters", layout.trainable());
    object.put("output", file);
    return object;
  }
}
