package io.spikeformer.model.oracle;

import static io.spikeformer.model.oracle.OracleParityTest.width;

import io.spikeformer.model.Images;
import io.spikeformer.model.SpikeformerModel;
import io.spikeformer.model.config.MaskRcnn;
import io.spikeformer.model.config.MetaSpikeFormerConfig;
import io.spikeformer.model.config.SemanticFpn.Fuse;
import io.spikeformer.model.config.SemanticFpn.Norm;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * A recorded Mask R-CNN: its parameters, its images, and what a training step makes of them.
 *
 * @param config of the network
 * @param arrays by their recorded names
 */
public record RecordedDetection(MetaSpikeFormerConfig config, Map<String, Npz.Array> arrays) {
  private static final Path FOLDER =
      Path.of(System.getProperty("spikeformer.root", ".."), "../shared/fixtures/dense");

  /** A recording, where it is at hand. */
  public static RecordedDetection of(String name) throws IOException {
    Map<String, Npz.Array> arrays = read(name);
    return new RecordedDetection(config(name, arrays), arrays);
  }

  /** An array. */
  public Npz.Array array(String name) {
    return arrays.get(name);
  }

  /** The recorded images. */
  public Images images() {
    return OracleParityTest.images(arrays.get("input"));
  }

  /** Gives a model the recorded parameters. */
  public void load(SpikeformerModel model) {
    OracleParityTest.load(model, new OracleNames(config), arrays);
  }

  /** Compares gradients and running statistics after a step with the recorded ones. */
  public void assertTensors(SpikeformerModel model) {
    OracleParityTest.assertTensors(model, new OracleNames(config), arrays);
  }

  static Map<String, Npz.Array> read(String name) throws IOException {
    return Npz.recorded(FOLDER.resolve(name + ".npz"));
  }

  static MetaSpikeFormerConfig config(String name, Map<String, Npz.Array> oracle) {
    String stages = "backbone.stages.";
    MaskRcnn form =
        new MaskRcnn(
            width(oracle, "fpn.lateral.0.conv.weight"),
            width(oracle, "fc1.weight"),
            name.endsWith("membrane") ? MaskRcnn.Predictor.MEMBRANE : MaskRcnn.Predictor.SPIKES,
            name.contains("_bn") ? Norm.BATCH : Norm.NONE,
            Norm.NONE,
            MaskRcnn.Strides.REAL,
            name.endsWith("mean") ? Fuse.MEAN : Fuse.KEEP);
    return MetaSpikeFormerConfig.builder(name)
        .widths(
            2 * width(oracle, stages + "1.sep.pw2.0.weight"),
            width(oracle, stages + "4.conv.0.weight"),
            width(oracle, stages + "7.conv.0.weight"),
            width(oracle, stages + "9.conv.0.weight"))
        .depths(1, 1)
        .classes(width(oracle, "mask_logit.weight"))
        .timesteps(oracle.get("eval/rate/backbone.stages.2.lif").values().length)
        .maskRcnn(form)
        .build();
  }
}
