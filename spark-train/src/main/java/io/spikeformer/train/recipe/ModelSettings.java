package io.spikeformer.train.recipe;

import io.spikeformer.common.Check;
import io.spikeformer.common.Text;
import io.spikeformer.model.config.AttentionOperator;
import io.spikeformer.model.config.BaselineConfig;
import io.spikeformer.model.config.ClassifierHead;
import io.spikeformer.model.config.IntegerFiring;
import io.spikeformer.model.config.MetaSpikeFormerConfig;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.model.config.NeuronConfig;
import io.spikeformer.model.config.Precision;
import io.spikeformer.model.config.SemanticFpn;
import io.spikeformer.model.config.Surrogate;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * The recipe's architecture: a preset and what differs from it. Null keeps the preset's value.
 *
 * @param preset name of a preset
 * @param timesteps T
 * @param classes outputs of the head
 * @param channels input channels
 * @param widths four widths
 * @param depths transformer blocks of stages 3 and 4
 * @param heads attention heads
 * @param stemWindow window of the first convolution
 * @param stemStride stride of the first convolution
 * @param sdsa attention operator, 1 to 4
 * @param precision float32 or bfloat16
 * @param head plain or distilled
 * @param semanticFpn what gives a class to every pixel, and what differs from the preset's
 * @param maskRcnn what finds objects with their masks, and what differs from the preset's
 * @param yolo what finds objects in one stage, and what differs from the preset's
 * @param neuron what differs from the preset's neuron
 */
public record ModelSettings(
    String preset,
    Integer timesteps,
    Integer classes,
    Integer channels,
    List<Integer> widths,
    List<Integer> depths,
    Integer heads,
    Integer stemWindow,
    Integer stemStride,
    Integer sdsa,
    String precision,
    String head,
    SemanticFpnSettings semanticFpn,
    MaskRcnnSettings maskRcnn,
    YoloSettings yolo,
    NeuronSettings neuron) {

  /**
   * A Semantic FPN in place of the head, or what differs from the preset's. Null keeps the preset's
   * value, or the published one where the preset has none.
   *
   * @param neckWidth channels of the feature pyramid; a number makes a Semantic FPN of any preset
   * @param headWidth channels of the scales behind it
   * @param fuse mean or keep: where the timesteps end
   * @param norm none or bn: what follows the convolutions of the pyramid
   */
  public record SemanticFpnSettings(
      Integer neckWidth, Integer headWidth, String fuse, String norm) {
    private static final SemanticFpnSettings NONE = new SemanticFpnSettings(null, null, null, null);

    /**
     * The Semantic FPN of the network.
     *
     * @param base of the preset, or null
     * @throws IllegalArgumentException if the preset has none and its width is not given
     */
    SemanticFpn over(SemanticFpn base) {
      if (equals(NONE)) {
        return base;
      }
      if (base == null && neckWidth == null) {
        throw new IllegalArgumentException(
            "model semantic-fpn: expected neck-width, since the preset has no Semantic FPN, found"
                + " null; set model.semantic-fpn.neck-width");
      }
      SemanticFpn known = base == null ? SemanticFpn.published(neckWidth) : base;
      return new SemanticFpn(
          neckWidth == null ? known.neckWidth() : neckWidth,
          headWidth == null ? known.headWidth() : headWidth,
          fuse == null ? known.fuse() : SemanticFpn.Fuse.of(fuse),
          norm == null ? known.norm() : SemanticFpn.Norm.of(norm));
    }
  }

  /**
   * Changes to the preset's neuron. Null keeps the preset's value.
   *
   * @param tau membrane time constant
   * @param threshold firing threshold
   * @param inputScale factor of the input
   * @param surrogate sigmoid, atan, triangle or rectangle
   * @param alpha sharpness of the surrogate gradient
   * @param detachReset whether the reset passes no gradient
   * @param levels the largest integer, for neurons that fire integers
   * @param rounding half-even or half-up
   * @param window closed or open
   * @param normalise whether integers are divided by levels
   * @param attentionScale factor of the attention's products
   */
  public record NeuronSettings(
      Double tau,
      Double threshold,
      Double inputScale,
      String surrogate,
      Double alpha,
      Boolean detachReset,
      Integer levels,
      String rounding,
      String window,
      Boolean normalise,
      Double attentionScale) {
    NeuronConfig over(NeuronConfig preset) {
      boolean binary = levels == null && preset.integers() == null;
      Check.that(
          !binary
              || rounding == null && window == null && normalise == null && attentionScale == null,
          "neuron: expected levels beside rounding, window, normalise or attention-scale, found"
              + " none; set model.neuron.levels");
      Check.that(
          binary || surrogate == null && alpha == null,
          "neuron: expected no surrogate and no alpha beside levels, whose gradient goes straight"
              + " through, found one; leave both null");
      NeuronConfig base =
          binary || preset.integers() != null ? preset : NeuronConfig.integer(levels);
      return new NeuronConfig(
          tau == null ? base.tau() : tau,
          threshold == null ? base.threshold() : threshold,
          inputScale == null ? base.inputScale() : inputScale,
          surrogate == null ? base.surrogate() : surrogateOf(surrogate),
          alpha == null ? base.alpha() : alpha,
          detachReset == null ? base.detachReset() : detachReset,
          binary ? null : integers(base.integers()));
    }

    private IntegerFiring integers(IntegerFiring base) {
      return new IntegerFiring(
          levels == null ? base.levels() : levels,
          rounding == null ? base.rounding() : IntegerFiring.Rounding.of(rounding),
          window == null ? base.window() : IntegerFiring.Window.of(window),
          normalise == null ? base.normalise() : normalise,
          attentionScale == null ? base.attentionScale() : attentionScale);
    }

    private static Surrogate surrogateOf(String label) {
      for (Surrogate surrogate : Surrogate.values()) {
        if (surrogate.name().toLowerCase(Locale.ROOT).equals(label)) {
          return surrogate;
        }
      }
      String accepted =
          Arrays.stream(Surrogate.values())
              .map(s -> s.name().toLowerCase(Locale.ROOT))
              .collect(Collectors.joining(", "));
      throw new IllegalArgumentException(
          Text.format("neuron surrogate: expected one of %s, found '%s'", accepted, label));
    }
  }

  /** Takes copies of the lists. */
  public ModelSettings {
    widths = widths == null ? null : List.copyOf(widths);
    depths = depths == null ? null : List.copyOf(depths);
  }

  /**
   * The preset with these differences.
   *
   * @throws IllegalArgumentException for an unknown preset or an impossible architecture
   */
  public NetworkConfig toConfig() {
    NetworkConfig known = NetworkConfig.preset(preset);
    if (known instanceof BaselineConfig other) {
      return baseline(other);
    }
    if (depths != null && depths.size() != 2) {
      throw new IllegalArgumentException(
          Text.format("model depths: expected two numbers, found %s", depths));
    }
    if ((stemWindow == null) != (stemStride == null)) {
      throw new IllegalArgumentException(
          "model stem: expected stem-window and stem-stride together, found one of them");
    }
    MetaSpikeFormerConfig base = (MetaSpikeFormerConfig) known;
    MetaSpikeFormerConfig.Builder builder = base.toBuilder();
    set(timesteps, builder::timesteps);
    set(classes, builder::classes);
    set(channels, builder::channels);
    set(widths, list -> builder.widths(list.stream().mapToInt(Integer::intValue).toArray()));
    set(depths, list -> builder.depths(list.get(0), list.get(1)));
    set(heads, builder::heads);
    set(stemWindow, window -> builder.stem(window, stemStride));
    set(sdsa, number -> builder.attention(AttentionOperator.of(number)));
    set(head, label -> builder.head(ClassifierHead.of(label)));
    builder.semanticFpn(semanticFpn.over(base.semanticFpn()));
    builder.maskRcnn(maskRcnn.over(base.maskRcnn()));
    builder.yolo(yolo.over(base.yolo()));
    return builder.precision(Precision.of(precision)).neuron(neuron.over(base.neuron())).build();
  }

  /** Another network than the paper's: its architecture is the preset's. */
  private BaselineConfig baseline(BaselineConfig base) {
    if (widths != null
        || depths != null
        || heads != null
        || stemWindow != null
        || stemStride != null
        || sdsa != null
        || !semanticFpn.equals(SemanticFpnSettings.NONE)
        || !maskRcnn.equals(MaskRcnnSettings.NONE)
        || !yolo.equals(YoloSettings.NONE)) {
      throw new IllegalArgumentException(
          Text.format(
              "model %s: expected no widths, depths, heads, stem-window, stem-stride, sdsa,"
                  + " semantic-fpn, mask-rcnn or yolo, which this preset fixes, found one; leave it"
                  + " null",
              preset));
    }
    BaselineConfig headed = head == null ? base : base.withHead(ClassifierHead.of(head));
    return headed
        .withTimesteps(timesteps == null ? base.timesteps() : timesteps)
        .withData(
            channels == null ? base.channels() : channels,
            classes == null ? base.classes() : classes)
        .withPrecision(Precision.of(precision))
        .withNeuron(neuron.over(base.neuron()));
  }

  private static <T> void set(T value, Consumer<T> setter) {
    if (value != null) {
      setter.accept(value);
    }
  }
}
