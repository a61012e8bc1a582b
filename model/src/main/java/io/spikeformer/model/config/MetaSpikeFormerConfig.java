package io.spikeformer.model.config;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.spikeformer.common.Check;
import io.spikeformer.common.UserException;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Architecture of a Meta-SpikeFormer (paper, Table 1 and Section 3), or of an E-SpikeFormer, whose
 * structure differs.
 *
 * <p>Widths are (d0, d1, d2, d3): stage 1 works at d0/2 and d0 channels, stages 2, 3 and 4 at d1,
 * d2 and d3.
 *
 * @param name preset or experiment name
 * @param widths four widths
 * @param depths transformer blocks of stages 3 and 4
 * @param classes outputs of the head
 * @param channels input channels: 3 for images, 2 for events
 * @param stemWindow window of the first convolution: 7, or 3 for small images
 * @param stemStride stride of the first convolution: 2, or 1 for small images
 * @param timesteps T
 * @param heads attention heads; widths d2 and d3 are multiples of it
 * @param attention SDSA operator
 * @param neuron spiking neuron
 * @param precision number format of the products
 * @param structure the parts that the ablations vary; null, as in configurations written before
 *     they could be described, means the published one
 * @param head linear layers behind the last neurons; null, as in configurations written before
 *     there were two, means one
 * @param semanticFpn what gives a class to every pixel; null for another head
 * @param maskRcnn what finds objects with their masks; null for another head
 * @param yolo what finds objects in one stage; null for another head
 */
public record MetaSpikeFormerConfig(
    String name,
    List<Integer> widths,
    List<Integer> depths,
    int classes,
    int channels,
    int stemWindow,
    int stemStride,
    int timesteps,
    int heads,
    AttentionOperator attention,
    NeuronConfig neuron,
    Precision precision,
    Structure structure,
    ClassifierHead head,
    @JsonInclude(JsonInclude.Include.NON_NULL) SemanticFpn semanticFpn,
    @JsonInclude(JsonInclude.Include.NON_NULL) MaskRcnn maskRcnn,
    @JsonInclude(JsonInclude.Include.NON_NULL) Yolo yolo)
    implements NetworkConfig {

  /** Expansion of the separable convolution's hidden width. */
  public static final int SEPARABLE_RATIO = 2;

  /** Expansion of the channel convolution's and the channel MLP's hidden width. */
  public static final int CHANNEL_RATIO = 4;

  private static final int DENSE_SIZE = 512;
  private static final int YOLO_SIZE = 640;
  private static final int SMALL_SIZE = 32;

  /** Validates the architecture. */
  public MetaSpikeFormerConfig {
    Check.that(name != null, "model name: expected a text, found %s", name);
    Check.that(given(widths), "model widths: expected four numbers, found %s", widths);
    Check.that(given(depths), "model depths: expected two numbers, found %s", depths);
    Check.that(attention != null, "model attention: expected an operator, found %s", attention);
    Check.that(neuron != null, "model neuron: expected its settings, found %s", neuron);
    Check.that(precision != null, "model precision: expected a number format, found %s", precision);
    widths = List.copyOf(widths);
    depths = List.copyOf(depths);
    structure = structure == null ? Structure.PAPER : structure;
    head = head == null ? ClassifierHead.PLAIN : head;
    Check.that(widths.size() == 4, "model widths: expected four numbers, found %s", widths);
    Check.that(depths.size() == 2, "model depths: expected two numbers, found %s", depths);
    Check.that(
        widths.stream().allMatch(w -> w >= 1),
        "model widths: expected numbers >= 1, found %s",
        widths);
    Check.that(
        widths.get(0) % 2 == 0, "model widths: expected an even first width, found %s", widths);
    Check.that(
        depths.stream().allMatch(d -> d >= 0),
        "model depths: expected numbers >= 0, found %s",
        depths);
    Check.that(classes >= 1, "model classes: expected >= 1, found %s", classes);
    Check.that(channels >= 1, "model channels: expected >= 1, found %s", channels);
    Check.that(
        stemWindow >= 1 && stemWindow % 2 == 1,
        "model stem-window: expected an odd number, found %s",
        stemWindow);
    Check.that(stemStride >= 1, "model stem-stride: expected >= 1, found %s", stemStride);
    Check.that(timesteps >= 1, "model timesteps: expected >= 1, found %s", timesteps);
    Check.that(heads >= 1, "model heads: expected >= 1, found %s", heads);
    Check.that(
        widths.get(2) % heads == 0 && widths.get(3) % heads == 0,
        "model widths: expected third and fourth to be multiples of %s heads, found %s",
        heads,
        widths);
    Check.that(
        Stream.of(semanticFpn, maskRcnn, yolo).filter(Objects::nonNull).count() <= 1,
        "model head: expected a semantic FPN, a Mask R-CNN or a YOLO, found several");
    if (neuron.integers() != null) {
      Check.that(
          attention == AttentionOperator.SDSA_3,
          "neuron levels: expected attention SDSA_3, found %s: integers can neither mask values nor"
              + " have a learnable threshold",
          attention);
      Check.that(
          structure.shortcut() == Shortcut.MEMBRANE,
          "neuron levels: expected membrane shortcuts, found %s: sums of integers of several layers"
              + " are no integers of one",
          structure.shortcut());
    }
    if (structure.blocks() == Structure.Blocks.TRANSFORMER) {
      int half = structure.firstStage() == Structure.FirstStage.TWO_STEPS ? 2 : 1;
      Check.that(
          widths.get(0) / half % heads == 0 && widths.get(1) % heads == 0,
          "model widths: expected multiples of %s heads in all stages of transformers, found %s",
          heads,
          widths);
    }
  }

  /**
   * The published preset 15M, 31M or 55M, hardvs-18M, tiny (for 32x32 images, 10 classes), an
   * ablation of the 31M model (Table 5) such as 31M-no-sepconv, on the 15M or 55M model a Semantic
   * FPN (Table 4) such as ade20k-16m, or a Mask R-CNN (Table 3) such as coco-maskrcnn-15m, or a
   * successor such as e-spikeformer-5m (Spike-driven Transformer V3).
   */
  public static MetaSpikeFormerConfig preset(String preset) {
    return Presets.of(preset);
  }

  /** Names accepted by {@link #preset}. */
  public static List<String> presets() {
    return Presets.names();
  }

  @Override
  public int imageSize() {
    if (yolo != null) {
      return YOLO_SIZE;
    }
    if (semanticFpn != null || maskRcnn != null) {
      return DENSE_SIZE;
    }
    return stemStride == 1 ? SMALL_SIZE : NetworkConfig.super.imageSize();
  }

  /** Starts from the ImageNet defaults: depths 6 and 2, 1000 classes, 7x7/2 stem, T = 1, SDSA-3. */
  public static Builder builder(String name) {
    return new Builder(name);
  }

  /** A builder that starts from this configuration. */
  public Builder toBuilder() {
    Builder builder = new Builder(name);
    builder.widths = widths;
    builder.depths = depths;
    builder.classes = classes;
    builder.channels = channels;
    builder.stemWindow = stemWindow;
    builder.stemStride = stemStride;
    builder.timesteps = timesteps;
    builder.heads = heads;
    builder.attention = attention;
    builder.neuron = neuron;
    builder.precision = precision;
    builder.structure = structure;
    builder.head = head;
    builder.semanticFpn = semanticFpn;
    builder.maskRcnn = maskRcnn;
    builder.yolo = yolo;
    return builder;
  }

  @Override
  public MetaSpikeFormerConfig withTimesteps(int newTimesteps) {
    return toBuilder().timesteps(newTimesteps).build();
  }

  @Override
  public MetaSpikeFormerConfig withHead(ClassifierHead newHead) {
    return toBuilder().head(newHead).build();
  }

  @Override
  public MetaSpikeFormerConfig withHeadOf(NetworkConfig other) {
    return other instanceof MetaSpikeFormerConfig that
        ? toBuilder()
            .head(that.head)
            .semanticFpn(that.semanticFpn)
            .maskRcnn(that.maskRcnn)
            .yolo(that.yolo)
            .build()
        : this;
  }

  @Override
  public MetaSpikeFormerConfig withData(int newChannels, int newClasses) {
    return toBuilder().channels(newChannels).classes(newClasses).build();
  }

  @Override
  public MetaSpikeFormerConfig inCircumstancesOf(NetworkConfig other) {
    return toBuilder()
        .name(other.name())
        .timesteps(other.timesteps())
        .neuron(other.neuron())
        .precision(other.precision())
        .build();
  }

  @Override
  public MetaSpikeFormerConfig withNeuron(NeuronConfig newNeuron) {
    return toBuilder().neuron(newNeuron).build();
  }

  @Override
  public MetaSpikeFormerConfig withPrecision(Precision newPrecision) {
    return toBuilder().precision(newPrecision).build();
  }

  /**
   * Reads {@link #toJson()} back.
   *
   * @throws UserException if it is no configuration of a Meta-SpikeFormer, or an invalid one
   */
  public static MetaSpikeFormerConfig fromJson(String json) {
    if (NetworkConfig.fromJson(json) instanceof MetaSpikeFormerConfig config) {
      return config;
    }
    throw new UserException("model configuration: expected a Meta-SpikeFormer, found another");
  }

  @Override
  public List<BlockSpec> blocks() {
    return new MetaSpikeFormerLayout(this).blocks();
  }

  private static boolean given(List<Integer> numbers) {
    return numbers != null && numbers.stream().allMatch(Objects::nonNull);
  }

  /** Collects the fields of a configuration; {@link #build()} validates. */
  public static final class Builder {
    private String name;
    private List<Integer> widths = List.of(64, 128, 256, 360);
    private List<Integer> depths = List.of(6, 2);
    private int classes = 1000;
    private int channels = 3;
    private int stemWindow = 7;
    private int stemStride = 2;
    private int timesteps = 1;
    private int heads = 8;
    private AttentionOperator attention = AttentionOperator.SDSA_3;
    private NeuronConfig neuron = NeuronConfig.RELEASED;
    private Precision precision = Precision.FLOAT32;
    private Structure structure = Structure.PAPER;
    private ClassifierHead head = ClassifierHead.PLAIN;
    private SemanticFpn semanticFpn;
    private MaskRcnn maskRcnn;
    private Yolo yolo;

    private Builder(String name) {
      this.name = name;
    }

    public Builder name(String value) {
      name = value;
      return this;
    }

    /** Sets the four widths. */
    public Builder widths(int... values) {
      widths = java.util.Arrays.stream(values).boxed().toList();
      return this;
    }

    /** Sets the transformer blocks of stages 3 and 4. */
    public Builder depths(int stage3, int stage4) {
      depths = List.of(stage3, stage4);
      return this;
    }

    public Builder classes(int value) {
      classes = value;
      return this;
    }

    public Builder channels(int value) {
      channels = value;
      return this;
    }

    /** Sets window and stride of the first convolution. */
    public Builder stem(int window, int stride) {
      stemWindow = window;
      stemStride = stride;
      return this;
    }

    public Builder timesteps(int value) {
      timesteps = value;
      return this;
    }

    public Builder heads(int value) {
      heads = value;
      return this;
    }

    public Builder attention(AttentionOperator value) {
      attention = value;
      return this;
    }

    public Builder neuron(NeuronConfig value) {
      neuron = value;
      return this;
    }

    public Builder precision(Precision value) {
      precision = value;
      return this;
    }

    public Builder structure(Structure value) {
      structure = value;
      return this;
    }

    public Builder head(ClassifierHead value) {
      head = value;
      return this;
    }

    /** Sets what gives a class to every pixel; null for another head. */
    public Builder semanticFpn(SemanticFpn value) {
      semanticFpn = value;
      return this;
    }

    /** Sets what finds objects with their masks; null for another head. */
    public Builder maskRcnn(MaskRcnn value) {
      maskRcnn = value;
      return this;
    }

    /** Sets what finds objects in one stage; null for another head. */
    public Builder yolo(Yolo value) {
      yolo = value;
      return this;
    }

    /** Builds the validated configuration. */
    public MetaSpikeFormerConfig build() {
      return new MetaSpikeFormerConfig(
          name,
          widths,
          depths,
          classes,
          channels,
          stemWindow,
          stemStride,
          timesteps,
          heads,
          attention,
          neuron,
          precision,
          structure,
          head,
          semanticFpn,
          maskRcnn,
          yolo);
    }
  }
}
