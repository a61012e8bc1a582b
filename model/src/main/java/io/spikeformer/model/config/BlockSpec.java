package io.spikeformer.model.config;

import io.spikeformer.model.config.SemanticFpn.Fuse;
import io.spikeformer.model.config.Structure.ChannelMixer;
import io.spikeformer.model.config.Structure.ProjectionKind;
import io.spikeformer.model.config.Structure.TokenConvolution;
import io.spikeformer.model.config.Structure.TransformerForm;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One block of a network, complete in itself: a network is a graph of these, whatever family it is
 * of. A block names those that it reads; in a chain each reads the one before.
 *
 * <p>What a block reads and hands on is [T*B, H, W, C] in float32: membrane potentials with {@link
 * Shortcut#MEMBRANE}, sums of spikes with {@link Shortcut#SEW}, spikes with {@link
 * Shortcut#VANILLA}.
 */
public interface BlockSpec {
  /** The name of the network's input, for the blocks that read it. */
  String IMAGES = "images";

  /** The names of blocks of stages. */
  Pattern STAGE = Pattern.compile("stage(\\d+)\\.");

  /** As in reports and checkpoints, for example stage3.block2. */
  String name();

  /** The blocks that it reads, or {@link #IMAGES}, in the order of its arguments. */
  List<String> reads();

  /** Channels of what it reads first. */
  int inputs();

  /** The stage that its name begins with, counted from 1: 3 of stage3.block2; 0 for none. */
  default int stage() {
    Matcher matcher = STAGE.matcher(name());
    return matcher.lookingAt() ? Integer.parseInt(matcher.group(1)) : 0;
  }

  /** Output channels. */
  int outputs();

  /** Its name in tables. */
  BlockKind kind();

  /** Output height or width from that of what it reads first, in pixels. */
  default int outputSize(int inputSize) {
    return inputSize;
  }

  /** Whether it reads the images, so that no neurons lie in front of it. */
  default boolean first() {
    return reads().contains(IMAGES);
  }

  /** Whether what it hands on are sums of spikes, so that a firing rate may exceed 1. */
  default boolean sumsSpikes() {
    return false;
  }

  /**
   * How it brings the timesteps of the maps that it reads together: with {@link Fuse#MEAN} its
   * layers run once, whatever T is.
   */
  default Fuse fuse() {
    return Fuse.KEEP;
  }

  /** Calls the visitor's method for this kind of block. */
  <R> R accept(Visitor<R> visitor);

  /** One method for each kind of block, so that none is forgotten. */
  interface Visitor<R> {
    R downsampling(Downsampling spec);

    R convolutional(Convolutional spec);

    R transformer(Transformer spec);

    R residual(Residual spec);

    R head(Head spec);

    R semanticFpnHead(SemanticFpnHeadSpec spec);

    R maskRcnnHead(MaskRcnnHeadSpec spec);

    R yoloHead(YoloHeadSpec spec);
  }

  /** The kind of a block. */
  enum BlockKind {
    /** Convolution between resolutions. */
    DOWNSAMPLING,
    /** SepConv and channel convolution (Eq. 7-10). */
    CONV,
    /** Spike-driven self-attention and channel MLP (Eq. 11-14). */
    TRANSFORMER,
    /** Convolutions under a shortcut, as in a ResNet. */
    RESIDUAL,
    /** Mean over space, linear layers, mean over time. */
    HEAD
  }

  /** Where a downsampling's neurons are. */
  enum Firing {
    /** In front of the convolution, which reads their spikes. */
    BEFORE,
    /** Behind the normalisation; the convolution reads spikes, or the image. */
    AFTER,
    /** Nowhere: the convolution reads spikes, or the image, and hands membrane potentials on. */
    NOWHERE
  }

  /** The pooling that follows a downsampling. */
  enum Pooling {
    /** Nothing. */
    NONE,
    /** Maximum of 3x3 windows at every second pixel, padded by one. */
    MAX;

    int outputSize(int size) {
      return this == MAX ? (size - 1) / 2 + 1 : size;
    }
  }

  /** Whether a convolution in front of a normalisation has a bias. */
  enum Bias {
    /** It has. */
    PRESENT,
    /** It has not. */
    ABSENT
  }

  /** A block that reads one other, or the images. */
  interface SingleInput extends BlockSpec {
    /** The name of the map that it reads. */
    String from();

    @Override
    default List<String> reads() {
      return List.of(from());
    }
  }

  /**
   * Convolution and normalisation between resolutions.
   *
   * @param window side of the window, padded to keep the size at stride 1
   * @param stride step of the window
   */
  record Downsampling(
      String name,
      String from,
      int inputs,
      int outputs,
      int window,
      int stride,
      Firing firing,
      Pooling pooling,
      Bias bias)
      implements SingleInput {
    @Override
    public BlockKind kind() {
      return BlockKind.DOWNSAMPLING;
    }

    /** Height or width behind the convolution, before pooling. */
    public int convolvedSize(int inputSize) {
      return (inputSize + 2 * (window / 2) - window) / stride + 1;
    }

    @Override
    public int outputSize(int inputSize) {
      return pooling.outputSize(convolvedSize(inputSize));
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.downsampling(this);
    }
  }

  /** The paper's CNN-based block of a width (Eq. 7-10) and its ablations. */
  record Convolutional(
      String name,
      String from,
      int width,
      TokenConvolution tokenConvolution,
      ChannelMixer channelMixer,
      Shortcut shortcut)
      implements SingleInput {
    @Override
    public int inputs() {
      return width;
    }

    @Override
    public int outputs() {
      return width;
    }

    @Override
    public BlockKind kind() {
      return BlockKind.CONV;
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.convolutional(this);
    }

    @Override
    public boolean sumsSpikes() {
      return shortcut == Shortcut.SEW;
    }
  }

  /**
   * Transformer-based block of a width (Eq. 11-14), its ablations, and the blocks of Spikformer, of
   * the first Spike-driven Transformer and of E-SpikeFormer.
   *
   * @param outputBias of a linear output projection; a RepConv has none
   * @param form its branches and the width of its values
   */
  record Transformer(
      String name,
      String from,
      int width,
      int heads,
      AttentionOperator attention,
      ProjectionKind queryKeyValue,
      ProjectionKind output,
      Bias outputBias,
      Shortcut shortcut,
      TransformerForm form)
      implements SingleInput {
    private static final int WIDE = 4;

    /** Channels of the values, and so of what the output projection reads. */
    public int valueWidth() {
      return form == TransformerForm.EFFICIENT ? WIDE * width : width;
    }

    @Override
    public int inputs() {
      return width;
    }

    @Override
    public int outputs() {
      return width;
    }

    @Override
    public BlockKind kind() {
      return BlockKind.TRANSFORMER;
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.transformer(this);
    }

    @Override
    public boolean sumsSpikes() {
      return shortcut == Shortcut.SEW;
    }
  }

  /**
   * Convolutions under a shortcut, which is a strided 1x1 convolution and BN where shapes differ.
   *
   * @param stride of its first 3x3 convolution and of the shortcut
   */
  record Residual(
      String name, String from, int inputs, int outputs, int stride, Form form, Shortcut shortcut)
      implements SingleInput {
    /** The convolutions. */
    public enum Form {
      /** One 3x3: the position embedding of Spikformer. */
      SINGLE,
      /** Two 3x3: ResNet-18 and -34. */
      BASIC,
      /** 1x1 to a quarter, 3x3, 1x1: ResNet-50 and deeper. */
      BOTTLENECK
    }

    /** Whether the shortcut has a convolution. */
    public boolean projects() {
      return stride != 1 || inputs != outputs;
    }

    @Override
    public BlockKind kind() {
      return BlockKind.RESIDUAL;
    }

    @Override
    public int outputSize(int inputSize) {
      return (inputSize - 1) / stride + 1;
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.residual(this);
    }

    @Override
    public boolean sumsSpikes() {
      return shortcut == Shortcut.SEW;
    }
  }

  /**
   * Classifier.
   *
   * @param readout where its neurons are
   * @param layers its linear layers
   */
  record Head(
      String name, String from, int inputs, int outputs, Readout readout, ClassifierHead layers)
      implements SingleInput {
    /** The input of a linear layer. */
    public enum Readout {
      /** SN(mean over space of U): the paper's. */
      SPIKES_OF_MEAN,
      /** Mean over space of SN(U): MS-ResNet. */
      MEAN_OF_SPIKES,
      /** Mean over space of what it is given, which are spikes or their sums: SEW, Spikformer. */
      MEAN
    }

    @Override
    public BlockKind kind() {
      return BlockKind.HEAD;
    }

    @Override
    public int outputSize(int inputSize) {
      return 1;
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.head(this);
    }
  }
}
