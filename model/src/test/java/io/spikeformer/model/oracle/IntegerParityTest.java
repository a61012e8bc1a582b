package io.spikeformer.model.oracle;

import static io.spikeformer.model.oracle.OracleParityTest.assertClose;
import static io.spikeformer.model.oracle.OracleParityTest.assertInferenceFormAndStep;
import static io.spikeformer.model.oracle.OracleParityTest.assertRates;
import static io.spikeformer.model.oracle.OracleParityTest.assertTensors;
import static io.spikeformer.model.oracle.OracleParityTest.images;
import static io.spikeformer.model.oracle.OracleParityTest.load;
import static io.spikeformer.model.oracle.OracleParityTest.sizes;

import io.spikeformer.model.ClassLogits;
import io.spikeformer.model.Images;
import io.spikeformer.model.KernelProvider;
import io.spikeformer.model.SpikeformerModel;
import io.spikeformer.model.block.FiringCounts;
import io.spikeformer.model.config.MetaSpikeFormerConfig;
import io.spikeformer.model.config.NeuronConfig;
import io.spikeformer.model.config.Recompute;
import io.spikeformer.model.kernel.Kernels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Networks that fire integers against recordings of their PyTorch form. */
class IntegerParityTest {
  private static final Path FOLDER =
      Path.of(System.getProperty("spikeformer.root", ".."), "../shared/fixtures/integer");

  @ParameterizedTest(name = "{1}, {0} kernels, recompute {2}")
  @CsvSource({
    "reference, t1_d4, NONE",
    "reference, t1_d8, NONE",
    "reference, t2_d4, NONE",
    "reference, t2_d8, NONE",
    "auto, t1_d4, NONE",
    "auto, t1_d8, NONE",
    "auto, t2_d4, NONE",
    "auto, t2_d8, NONE",
    "auto, t2_d4, BLOCK"
  })
  void matchesTheRecording(String choice, String name, Recompute recompute) throws IOException {
    Map<String, Npz.Array> oracle = Npz.recorded(FOLDER.resolve(name + ".npz"));
    MetaSpikeFormerConfig config = config(name, oracle);
    OracleNames names = new OracleNames(config);
    Images images = images(oracle.get("input"));
    try (Kernels kernels = KernelProvider.create(choice, 2);
        SpikeformerModel model = SpikeformerModel.create(config, kernels, 1)) {
      model.recompute(recompute);
      load(model, names, oracle);
      FiringCounts counts = new FiringCounts(config.timesteps());
      model.collect(counts);
      float[] logits = oracle.get("eval/logits").values();
      assertClose("eval/logits", ClassLogits.mean(model.infer(images)), logits, 1e-4);
      assertRates("eval/mean/", counts, names, oracle);

      assertInferenceFormAndStep(model, images, logits, oracle, 1e-4);
      assertTensors(model, names, oracle);
    }
  }

  private static MetaSpikeFormerConfig config(String name, Map<String, Npz.Array> oracle) {
    return sizes(name, oracle)
        .timesteps((int) oracle.get("eval/mean/lif").shape()[0])
        .neuron(NeuronConfig.integer((int) oracle.get("levels").values()[0]))
        .build();
  }
}
