package io.spikeformer.model.block;

import static org.assertj.core.api.Assertions.assertThat;

import io.spikeformer.model.KernelProvider;
import io.spikeformer.model.config.AttentionOperator;
import io.spikeformer.model.config.BlockSpec;
import io.spikeformer.model.config.BlockSpec.Bias;
import io.spikeformer.model.config.BlockSpec.Firing;
import io.spikeformer.model.config.BlockSpec.Head.Readout;
import io.spikeformer.model.config.BlockSpec.Pooling;
import io.spikeformer.model.config.BlockSpec.Residual.Form;
import io.spikeformer.model.config.ClassifierHead;
import io.spikeformer.model.config.MetaSpikeFormerConfig;
import io.spikeformer.model.config.Precision;
import io.spikeformer.model.config.Recompute;
import io.spikeformer.model.config.Shortcut;
import io.spikeformer.model.config.Structure.ChannelMixer;
import io.spikeformer.model.config.Structure.ProjectionKind;
import io.spikeformer.model.config.Structure.TokenConvolution;
import io.spikeformer.model.config.Structure.TransformerForm;
import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.model.kernel.Tensor;
import io.spikeformer.model.oracle.Npz;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The blocks of ablations and of other networks against recordings made with PyTorch: outputs with
 * running and batch statistics, all gradients, updated statistics (resources/blocks/README.md).
 */
class BlockParityTest {
  private static final double TOLERANCE = 1e-3;
  private static final int TIMESTEPS = 2;
  private static final String BEFORE = "before";

  private static List<BlockSpec> specs() {
    return List.of(
        convolutional(
            "conv_none_membrane",
            TokenConvolution.NONE,
            ChannelMixer.CONVOLUTION,
            Shortcut.MEMBRANE),
        convolutional(
            "conv_mlp_membrane", TokenConvolution.SEPARABLE, ChannelMixer.MLP, Shortcut.MEMBRANE),
        convolutional(
            "conv_sew", TokenConvolution.SEPARABLE, ChannelMixer.CONVOLUTION, Shortcut.SEW),
        convolutional(
            "conv_vanilla", TokenConvolution.SEPARABLE, ChannelMixer.CONVOLUTION, Shortcut.VANILLA),
        transformer(
            "transformer_linear_qkv",
            ProjectionKind.LINEAR,
            ProjectionKind.REPCONV,
            Shortcut.MEMBRANE),
        transformer(
            "transformer_linear_output",
            ProjectionKind.REPCONV,
            ProjectionKind.LINEAR,
            Shortcut.MEMBRANE),
        transformer(
            "transformer_sew", ProjectionKind.REPCONV, ProjectionKind.REPCONV, Shortcut.SEW),
        transformer(
            "transformer_vanilla",
            ProjectionKind.REPCONV,
            ProjectionKind.REPCONV,
            Shortcut.VANILLA),
        transformer(
            "transformer_spikformer", ProjectionKind.LINEAR, ProjectionKind.LINEAR, Shortcut.SEW),
        transformer(
            "transformer_v1", ProjectionKind.LINEAR, ProjectionKind.LINEAR, Shortcut.MEMBRANE),
        new BlockSpec.Residual("residual_ms", BEFORE, 8, 8, 1, Form.BASIC, Shortcut.MEMBRANE),
        new BlockSpec.Residual(
            "residual_ms_projected", BEFORE, 8, 16, 2, Form.BASIC, Shortcut.MEMBRANE),
        new BlockSpec.Residual("residual_sew", BEFORE, 16, 16, 1, Form.BOTTLENECK, Shortcut.SEW),
        new BlockSpec.Residual(
            "residual_sew_projected", BEFORE, 16, 32, 2, Form.BOTTLENECK, Shortcut.SEW),
        new BlockSpec.Residual("residual_position", BEFORE, 8, 8, 1, Form.SINGLE, Shortcut.SEW),
        new BlockSpec.Downsampling(
            "downsampling_after", BEFORE, 8, 16, 3, 2, Firing.AFTER, Pooling.NONE, Bias.PRESENT),
        new BlockSpec.Downsampling(
            "downsampling_stem_after_pool",
            BlockSpec.IMAGES,
            3,
            8,
            3,
            1,
            Firing.AFTER,
            Pooling.MAX,
            Bias.ABSENT),
        new BlockSpec.Downsampling(
            "downsampling_nowhere_pool",
            BEFORE,
            8,
            16,
            3,
            1,
            Firing.NOWHERE,
            Pooling.MAX,
            Bias.ABSENT),
        new BlockSpec.Head("head_mean", BEFORE, 8, 5, Readout.MEAN, ClassifierHead.PLAIN),
        new BlockSpec.Head(
            "head_mean_of_spikes", BEFORE, 8, 5, Readout.MEAN_OF_SPIKES, ClassifierHead.PLAIN));
  }

  private static BlockSpec convolutional(
      String name, TokenConvolution tokens, ChannelMixer channels, Shortcut shortcut) {
    return new BlockSpec.Convolutional(name, BEFORE, 8, tokens, channels, shortcut);
  }

  private static BlockSpec transformer(
      String name, ProjectionKind inFront, ProjectionKind behind, Shortcut shortcut) {
    return new BlockSpec.Transformer(
        name,
        BEFORE,
        8,
        2,
        name.endsWith("v1") ? AttentionOperator.SDSA_V1 : AttentionOperator.SDSA_3,
        inFront,
        behind,
        inFront == behind ? Bias.PRESENT : Bias.ABSENT,
        shortcut,
        TransformerForm.META);
  }

  static List<Arguments> cases() {
    List<Arguments> cases = new ArrayList<>();
    for (BlockSpec spec : specs()) {
      for (Recompute recompute : Recompute.values()) {
        cases.add(Arguments.of("auto", spec.name(), spec, recompute));
      }
      cases.add(Arguments.of("reference", spec.name(), spec, Recompute.NONE));
    }
    return cases;
  }

  private static Block block(BlockSpec spec) {
    return Block.of(MetaSpikeFormerConfig.preset("15M"), spec);
  }

  @ParameterizedTest(name = "{0} kernels, {1}, recompute {3}")
  @MethodSource("cases")
  void matchesTheRecording(String choice, String name, BlockSpec spec, Recompute recompute)
      throws IOException {
    Map<String, Npz.Array> recorded = read(name);
    Block block = block(spec);
    Parameters parameters = block.parameters();
    try (Kernels kernels = KernelProvider.create(choice, 2);
        Workspace workspace = new Workspace();
        Tensor state = Tensor.allocate(DataType.FLOAT32, parameters.length());
        Tensor gradient = Tensor.allocate(DataType.FLOAT32, parameters.length())) {
      parameters.bindState(state);
      parameters.bindGradient(gradient);
      gradient.zero();
      load(parameters, recorded);
      Tensor input = input(workspace, recorded.get("input"));

      FiringCounts counts = new FiringCounts(TIMESTEPS);
      Pass evaluation = pass(kernels, workspace, Pass.Mode.EVALUATION, counts);
      assertOutput("eval/output", block.forward(evaluation, input), recorded);
      assertThat(counts.layers()).as("neuron layers").containsAll(block.neuronLayers());
      block.freeze(kernels);
      assertOutput("eval/output", block.forward(evaluation, input), recorded);
      block.thaw();
      block.release();

      Pass training = pass(kernels, workspace, Pass.Mode.training(recompute), null);
      assertOutput("train/output", block.forward(training, input), recorded);
      List<Tensor> dInputs =
          block.backward(training, input(workspace, recorded.get("train/dOutput")));
      if (recorded.containsKey("train/dInput")) {
        assertOutput("train/dInput", dInputs.get(0), recorded);
        workspace.give(dInputs.get(0));
      } else {
        assertThat(dInputs).isEmpty();
      }
      assertThat(workspace.inUse()).as("buffers left").isEqualTo(1);
      assertTensors(parameters, recorded);
    }
  }

  private static Pass pass(
      Kernels kernels, Workspace workspace, Pass.Mode mode, FiringCounts counts) {
    return new Pass(kernels, workspace, TIMESTEPS, Precision.FLOAT32, mode, counts);
  }

  private static Map<String, Npz.Array> read(String name) throws IOException {
    try (InputStream stream =
        BlockParityTest.class.getResourceAsStream("/blocks/" + name + ".npz")) {
      return Npz.read(stream);
    }
  }

  private static void load(Parameters parameters, Map<String, Npz.Array> recorded) {
    assertThat(parameters.all().stream().map(p -> "param/" + p.name()))
        .containsExactlyInAnyOrderElementsOf(
            recorded.keySet().stream().filter(k -> k.startsWith("param/")).toList());
    for (Parameter parameter : parameters.all()) {
      parameter.value().put(recorded.get("param/" + parameter.name()).values());
    }
  }

  /** [N,C,H,W] to [N,H,W,C]; other shapes as they are. */
  private static float[] channelsLast(Npz.Array array) {
    long[] s = array.shape();
    if (s.length != 4) {
      return array.values();
    }
    int pixels = (int) (s[2] * s[3]);
    int channels = (int) s[1];
    float[] values = new float[array.values().length];
    for (int i = 0; i < values.length; i++) {
      int pixel = i / channels % pixels;
      int image = i / channels / pixels;
      values[i] = array.values()[(image * channels + i % channels) * pixels + pixel];
    }
    return values;
  }

  private static Tensor input(Workspace workspace, Npz.Array array) {
    long[] s = array.shape();
    long[] shape = s.length == 4 ? new long[] {s[0], s[2], s[3], s[1]} : s;
    Tensor tensor = workspace.take(DataType.FLOAT32, shape);
    tensor.put(channelsLast(array));
    return tensor;
  }

  private static void assertOutput(String key, Tensor found, Map<String, Npz.Array> recorded) {
    assertClose(key, found.toArray(), channelsLast(recorded.get(key)));
  }

  private static void assertTensors(Parameters parameters, Map<String, Npz.Array> recorded) {
    for (Parameter parameter : parameters.all()) {
      if (parameter.kind().trainable()) {
        String key = "train/grad/" + parameter.name();
        assertClose(key, parameter.gradient().toArray(), recorded.get(key).values());
      } else {
        String key = "train/stat/" + parameter.name();
        assertClose(key, parameter.value().toArray(), recorded.get(key).values());
      }
    }
  }

  /** Relative error; absolute where what is recorded is the rounding of a zero. */
  private static void assertClose(String name, float[] found, float[] expected) {
    assertThat(found).as(name).hasSameSizeAs(expected);
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < found.length; i++) {
      difference += Math.pow((double) found[i] - expected[i], 2);
      norm += Math.pow(expected[i], 2);
    }
    assertThat(Math.sqrt(difference)).as(name).isLessThan(TOLERANCE * Math.sqrt(norm) + 1e-3);
  }
}
