package io.spikeformer.model.config;

import io.spikeformer.common.Check;
import io.spikeformer.common.Text;
import io.spikeformer.model.config.BlockSpec.Bias;
import io.spikeformer.model.config.BlockSpec.Firing;
import io.spikeformer.model.config.BlockSpec.Head.Readout;
import io.spikeformer.model.config.BlockSpec.Pooling;
import io.spikeformer.model.config.BlockSpec.Residual.Form;
import io.spikeformer.model.config.Structure.ProjectionKind;
import io.spikeformer.model.config.Structure.TransformerForm;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Networks that the paper's Table 1 compares with, at full width, or small ones of the same kind.
 *
 * @param name preset or experiment name
 * @param family the kind of network
 * @param width width of a transformer, a multiple of 8 heads; or w of a ResNet, whose stages are w,
 *     2w, 4w and 8w wide, four times that with bottlenecks
 * @param depths blocks of a ResNet's four stages, or the one depth of a transformer
 * @param classes outputs of the head
 * @param channels input channels
 * @param timesteps T
 * @param neuron spiking neuron
 * @param precision number format of the products
 */
public record BaselineConfig(
    String name,
    Family family,
    int width,
    List<Integer> depths,
    int classes,
    int channels,
    int timesteps,
    NeuronConfig neuron,
    Precision precision)
    implements NetworkConfig {
  private static final int HEADS = 8;
  private static final int TRANSFORMER_STEPS = 4;

  /** Kind of a network. */
  public enum Family {
    /**
     * Hu et al., "Advancing Spiking Neural Networks toward Deep Residual Learning": membrane
     * shortcuts, basic blocks.
     */
    MS_RESNET(4),
    /** Fang et al., "Deep Residual Learning in Spiking Neural Networks": bottlenecks that add. */
    SEW_RESNET(4),
    /** Zhou et al., "Spikformer": SSA, spikes added. */
    SPIKFORMER(1),
    /** Yao et al., "Spike-driven Transformer" (V1): masking attention, membrane shortcuts. */
    SPIKE_DRIVEN_V1(1);

    private final int stages;

    Family(int stages) {
      this.stages = stages;
    }
  }

  // integrate and fire: a leak of 1/tau that float32 does not see
  private static final NeuronConfig INTEGRATE =
      new NeuronConfig(1e12, 1, 1, Surrogate.ATAN, 2, true);
  private static final NeuronConfig MS_RESNET =
      new NeuronConfig(4.0 / 3, 0.5, 1, Surrogate.RECTANGLE, 1, true);

  /** Validates the architecture. */
  public BaselineConfig {
    Check.that(name != null, "model name: expected a text, found %s", name);
    Check.that(
        family != null,
        "model family: expected one of %s, found %s",
        List.of(Family.values()),
        family);
    Check.that(neuron != null, "model neuron: expected its settings, found %s", neuron);
    Check.that(
        neuron.integers() == null,
        "neuron levels: expected a Meta-SpikeFormer, found %s, which fires spikes alone",
        name);
    Check.that(precision != null, "model precision: expected a number format, found %s", precision);
    boolean given = depths != null && depths.stream().allMatch(Objects::nonNull);
    Check.that(given, "model depths: expected %s numbers >= 1, found %s", family.stages, depths);
    depths = List.copyOf(depths);
    Check.that(
        depths.size() == family.stages && depths.stream().allMatch(d -> d >= 1),
        "model depths: expected %s numbers >= 1, found %s",
        family.stages,
        depths);
    boolean transformer = family.stages == 1;
    Check.that(
        transformer ? width >= HEADS && width % HEADS == 0 : width >= 1,
        "model width: expected %s, found %s",
        transformer ? "a multiple of " + HEADS : ">= 1",
        width);
    Check.that(classes >= 1, "model classes: expected >= 1, found %s", classes);
    Check.that(channels >= 1, "model channels: expected >= 1, found %s", channels);
    Check.that(timesteps >= 1, "model timesteps: expected >= 1, found %s", timesteps);
  }

  /** Names accepted by {@link #preset}. */
  public static List<String> presets() {
    return List.of(
        "MS-ResNet-34",
        "MS-ResNet-104",
        "SEW-ResNet-50",
        "SEW-ResNet-152",
        "Spikformer-8-512",
        "Spikformer-8-768",
        "SDT-V1-8-512",
        "SDT-V1-8-768");
  }

  /** A network for ImageNet as published, at T = 4. */
  public static BaselineConfig preset(String name) {
    return switch (name) {
      case "MS-ResNet-34" -> of(name, Family.MS_RESNET, 64, 3, 4, 6, 3);
      case "MS-ResNet-104" -> of(name, Family.MS_RESNET, 64, 3, 8, 32, 8);
      case "SEW-ResNet-50" -> of(name, Family.SEW_RESNET, 64, 3, 4, 6, 3);
      case "SEW-ResNet-152" -> of(name, Family.SEW_RESNET, 64, 3, 8, 36, 3);
      case "Spikformer-8-512" -> of(name, Family.SPIKFORMER, 512, 8);
      case "Spikformer-8-768" -> of(name, Family.SPIKFORMER, 768, 8);
      case "SDT-V1-8-512" -> of(name, Family.SPIKE_DRIVEN_V1, 512, 8);
      case "SDT-V1-8-768" -> of(name, Family.SPIKE_DRIVEN_V1, 768, 8);
      default ->
          throw new IllegalArgumentException(
              Text.format(
                  "preset: expected one of %s, found '%s'", String.join(", ", presets()), name));
    };
  }

  /** A network of a family for ImageNet at T = 4, with the neuron of its paper. */
  public static BaselineConfig of(String name, Family family, int width, int... depths) {
    NeuronConfig neuron =
        switch (family) {
          case MS_RESNET -> MS_RESNET;
          case SEW_RESNET -> INTEGRATE;
          case SPIKFORMER, SPIKE_DRIVEN_V1 -> NeuronConfig.RELEASED;
        };
    List<Integer> blocks = java.util.Arrays.stream(depths).boxed().toList();
    return new BaselineConfig(
        name, family, width, blocks, 1000, 3, TRANSFORMER_STEPS, neuron, Precision.FLOAT32);
  }

  @Override
  public ClassifierHead head() {
    return ClassifierHead.PLAIN;
  }

  @Override
  public BaselineConfig withHead(ClassifierHead newHead) {
    Check.that(
        newHead == head(),
        "model head: expected plain, for a network to compare with, found %s",
        newHead.label());
    return this;
  }

  @Override
  public BaselineConfig withTimesteps(int newTimesteps) {
    return new BaselineConfig(
        name, family, width, depths, classes, channels, newTimesteps, neuron, precision);
  }

  @Override
  public BaselineConfig withPrecision(Precision newPrecision) {
    return new BaselineConfig(
        name, family, width, depths, classes, channels, timesteps, neuron, newPrecision);
  }

  @Override
  public BaselineConfig inCircumstancesOf(NetworkConfig other) {
    return new BaselineConfig(
        other.name(),
        family,
        width,
        depths,
        classes,
        channels,
        other.timesteps(),
        other.neuron(),
        other.precision());
  }

  @Override
  public BaselineConfig withNeuron(NeuronConfig newNeuron) {
    return new BaselineConfig(
        name, family, width, depths, classes, channels, timesteps, newNeuron, precision);
  }

  @Override
  public BaselineConfig withData(int newChannels, int newClasses) {
    return new BaselineConfig(
        name, family, width, depths, newClasses, newChannels, timesteps, neuron, precision);
  }

  @Override
  public List<BlockSpec> blocks() {
    return switch (family) {
      case MS_RESNET -> resNet(Form.BASIC, Shortcut.MEMBRANE);
      case SEW_RESNET -> resNet(Form.BOTTLENECK, Shortcut.SEW);
      case SPIKFORMER -> transformer(AttentionOperator.SDSA_3, Shortcut.SEW);
      case SPIKE_DRIVEN_V1 -> transformer(AttentionOperator.SDSA_V1, Shortcut.MEMBRANE);
    };
  }

  /** The name of the map that the next block of a chain reads. */
  private static String last(List<BlockSpec> chain) {
    return chain.isEmpty() ? BlockSpec.IMAGES : chain.get(chain.size() - 1).name();
  }

  /** 7x7/2 stem; the first stage is reached by pooling spikes (SEW) or by its own stride (MS). */
  private List<BlockSpec> resNet(Form form, Shortcut shortcut) {
    boolean sew = shortcut == Shortcut.SEW;
    List<BlockSpec> chain = new ArrayList<>();
    chain.add(
        new BlockSpec.Downsampling(
            "stem",
            BlockSpec.IMAGES,
            channels,
            width,
            7,
            2,
            sew ? Firing.AFTER : Firing.NOWHERE,
            sew ? Pooling.MAX : Pooling.NONE,
            Bias.ABSENT));
    int inputs = width;
    for (int stage = 0; stage < depths.size(); stage++) {
      int outputs = (width << stage) * (form == Form.BOTTLENECK ? 4 : 1);
      for (int i = 0; i < depths.get(stage); i++) {
        String name = "stage" + (stage + 1) + ".block" + (i + 1);
        int stride = i == 0 && (stage > 0 || !sew) ? 2 : 1;
        chain.add(
            new BlockSpec.Residual(name, last(chain), inputs, outputs, stride, form, shortcut));
        inputs = outputs;
      }
    }
    chain.add(
        new BlockSpec.Head(
            "head",
            last(chain),
            inputs,
            classes,
            sew ? Readout.MEAN : Readout.MEAN_OF_SPIKES,
            head()));
    return chain;
  }

  /** Spiking patch splitting to a sixteenth of the resolution, then blocks of one width. */
  private List<BlockSpec> transformer(AttentionOperator attention, Shortcut shortcut) {
    boolean sew = shortcut == Shortcut.SEW;
    List<BlockSpec> chain = new ArrayList<>();
    int inputs = channels;
    for (int step = 1; step <= TRANSFORMER_STEPS; step++) {
      int outputs = width >> (TRANSFORMER_STEPS - step);
      chain.add(
          new BlockSpec.Downsampling(
              "patches.conv" + step,
              last(chain),
              inputs,
              outputs,
              3,
              1,
              sew || step < TRANSFORMER_STEPS ? Firing.AFTER : Firing.NOWHERE,
              Pooling.MAX,
              Bias.ABSENT));
      inputs = outputs;
    }
    chain.add(
        new BlockSpec.Residual(
            "patches.position", last(chain), width, width, 1, Form.SINGLE, shortcut));
    for (int i = 1; i <= depths.get(0); i++) {
      chain.add(
          new BlockSpec.Transformer(
              "encoder.block" + i,
              last(chain),
              width,
              HEADS,
              attention,
              ProjectionKind.LINEAR,
              ProjectionKind.LINEAR,
              Bias.PRESENT,
              shortcut,
              TransformerForm.META));
    }
    chain.add(
        new BlockSpec.Head(
            "head",
            last(chain),
            width,
            classes,
            sew ? Readout.MEAN : Readout.SPIKES_OF_MEAN,
            head()));
    return chain;
  }
}
