package io.spikeformer.model.config;

import io.spikeformer.common.Check;

/**
 * The choices that the paper's ablations vary (Table 5), on top of widths, depths and SDSA.
 *
 * @param tokenConvolution token mixer of the convolutional blocks
 * @param channelMixer channel mixer of the convolutional blocks
 * @param firstStage how stage 1 reaches its width
 * @param queryKeyValue projections in front of the attention operator: RepConv-1, -2 and -3
 * @param output projection behind it: RepConv-4
 * @param shortcut residual connection of all blocks
 * @param pyramid resolutions and widths of stages 3 and 4
 * @param blocks which blocks are convolutional and which transformers
 * @param transformer the transformer blocks; null, as in configurations written before there was a
 *     choice, means the paper's
 */
public record Structure(
    TokenConvolution tokenConvolution,
    ChannelMixer channelMixer,
    FirstStage firstStage,
    ProjectionKind queryKeyValue,
    ProjectionKind output,
    Shortcut shortcut,
    Pyramid pyramid,
    Blocks blocks,
    TransformerForm transformer) {

  /** The published models. */
  public static final Structure PAPER =
      new Structure(
          TokenConvolution.SEPARABLE,
          ChannelMixer.CONVOLUTION,
          FirstStage.TWO_STEPS,
          ProjectionKind.REPCONV,
          ProjectionKind.REPCONV,
          Shortcut.MEMBRANE,
          Pyramid.FOUR_STAGES,
          Blocks.HYBRID,
          TransformerForm.META);

  /** E-SpikeFormer, which is Spike-driven Transformer V3, Base (Yao et al. 2024). */
  public static final Structure E_SPIKEFORMER =
      new Structure(
          TokenConvolution.SPIKING_SEPARABLE,
          ChannelMixer.CONVOLUTION,
          FirstStage.TWO_STEPS,
          ProjectionKind.LINEAR,
          ProjectionKind.LINEAR,
          Shortcut.MEMBRANE,
          Pyramid.FOUR_STAGES,
          Blocks.HYBRID,
          TransformerForm.EFFICIENT);

  /** Token mixer of a convolutional block. */
  public enum TokenConvolution {
    /** SepConv (Eq. 8). */
    SEPARABLE,
    /** SepConv with neurons and BN around each of its three convolutions: E-SpikeFormer's. */
    SPIKING_SEPARABLE,
    /** None: the block is its channel mixer alone. */
    NONE
  }

  /** Channel mixer of a convolutional block, expanding four times. */
  public enum ChannelMixer {
    /** Two 3x3 convolutions (Eq. 10). */
    CONVOLUTION,
    /** Two 1x1 convolutions, without biases. */
    MLP
  }

  /** How stage 1 reaches its width d0. */
  public enum FirstStage {
    /** Stem to d0/2, ConvBlock, 3x3/2 convolution to d0, ConvBlock. */
    TWO_STEPS,
    /** Stem of twice the stride to d0, and both ConvBlocks at d0. */
    ONE_STEP
  }

  /** A projection of C channels to C in a transformer block. */
  public enum ProjectionKind {
    /** Re-parameterisable convolution and BN. */
    REPCONV,
    /** 1x1 convolution and BN. */
    LINEAR
  }

  /** Stages of a network. */
  public enum Pyramid {
    /** Stage 4 has a width of its own, behind a 3x3 convolution. */
    FOUR_STAGES,
    /** Stage 4 goes on as stage 3 does, at its width; the fourth width is not used. */
    THREE_STAGES
  }

  /** Which blocks the stages consist of. */
  public enum Blocks {
    /** Convolutional in stages 1 and 2, transformers in stages 3 and 4. */
    HYBRID,
    /** Transformers everywhere. */
    TRANSFORMER,
    /** Convolutional everywhere; not the published fully convolutional network of 36.0 M. */
    CONVOLUTION
  }

  /** The transformer blocks. */
  public enum TransformerForm {
    /** Attention and channel MLP (Eq. 11-14). */
    META,
    /**
     * A spiking SepConv of 3x3 windows, attention with values four times as wide, channel MLP:
     * E-SpikeFormer's. The attention's scale is divided by the root of the width of a head.
     */
    EFFICIENT
  }

  /** Validates that nothing is missing, and that its parts go together. */
  public Structure {
    if (tokenConvolution == null
        || channelMixer == null
        || firstStage == null
        || queryKeyValue == null
        || output == null
        || shortcut == null
        || pyramid == null
        || blocks == null) {
      throw new IllegalArgumentException(
          "model structure: expected eight choices, found one missing; leave the whole out for the"
              + " published models");
    }
    transformer = transformer == null ? TransformerForm.META : transformer;
    boolean linear = queryKeyValue == ProjectionKind.LINEAR && output == ProjectionKind.LINEAR;
    Check.that(
        transformer == TransformerForm.META || linear,
        "model structure: expected linear projections, whose values may be wider, in E-SpikeFormer's"
            + " transformer blocks, found %s and %s",
        queryKeyValue,
        output);
  }

  /** The same with another token mixer of the convolutional blocks. */
  public Structure with(TokenConvolution value) {
    return new Structure(
        value,
        channelMixer,
        firstStage,
        queryKeyValue,
        output,
        shortcut,
        pyramid,
        blocks,
        transformer);
  }

  /** The same with another channel mixer of the convolutional blocks. */
  public Structure with(ChannelMixer value) {
    return new Structure(
        tokenConvolution,
        value,
        firstStage,
        queryKeyValue,
        output,
        shortcut,
        pyramid,
        blocks,
        transformer);
  }

  /** The same with another stage 1. */
  public Structure with(FirstStage value) {
    return new Structure(
        tokenConvolution,
        channelMixer,
        value,
        queryKeyValue,
        output,
        shortcut,
        pyramid,
        blocks,
        transformer);
  }

  /** The same with other projections in front of the attention operator and behind it. */
  public Structure with(ProjectionKind inFront, ProjectionKind behind) {
    return new Structure(
        tokenConvolution,
        channelMixer,
        firstStage,
        inFront,
        behind,
        shortcut,
        pyramid,
        blocks,
        transformer);
  }

  /** The same with another residual connection. */
  public Structure with(Shortcut value) {
    return new Structure(
        tokenConvolution,
        channelMixer,
        firstStage,
        queryKeyValue,
        output,
        value,
        pyramid,
        blocks,
        transformer);
  }

  /** The same with another pyramid. */
  public Structure with(Pyramid value) {
    return new Structure(
        tokenConvolution,
        channelMixer,
        firstStage,
        queryKeyValue,
        output,
        shortcut,
        value,
        blocks,
        transformer);
  }

  /** The same with other blocks. */
  public Structure with(Blocks value) {
    return new Structure(
        tokenConvolution,
        channelMixer,
        firstStage,
        queryKeyValue,
        output,
        shortcut,
        pyramid,
        value,
        transformer);
  }
}
