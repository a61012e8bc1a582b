package io.spikeformer.model.config;

import java.util.ArrayList;
import java.util.List;

/** Lays the blocks of a Meta-SpikeFormer out, each at the width that the one before has left. */
final class MetaSpikeFormerChain {
  private final MetaSpikeFormerConfig config;
  private final List<BlockSpec> blocks = new ArrayList<>();
  private int width;

  MetaSpikeFormerChain(MetaSpikeFormerConfig config) {
    this.config = config;
    this.width = config.channels();
  }

  List<BlockSpec> blocks() {
    firstStage();
    downsample("stage2.downsample", config.widths().get(1), 3, 2);
    repeat("stage2.conv_block", 2, BlockSpec.BlockKind.CONV);
    downsample("stage3.downsample", config.widths().get(2), 3, 2);
    repeat("stage3.block", config.depths().get(0), BlockSpec.BlockKind.TRANSFORMER);
    if (config.structure().pyramid() == Structure.Pyramid.FOUR_STAGES) {
      downsample("stage4.downsample", config.widths().get(3), 3, 1);
    }
    repeat("stage4.block", config.depths().get(1), BlockSpec.BlockKind.TRANSFORMER);
    boolean membrane = config.structure().shortcut() == Shortcut.MEMBRANE;
    blocks.add(
        new BlockSpec.Head(
            "head",
            width,
            config.classes(),
            membrane ? BlockSpec.Head.Readout.SPIKES_OF_MEAN : BlockSpec.Head.Readout.MEAN,
            config.head()));
    return blocks;
  }

  private void firstStage() {
    if (config.structure().firstStage() == Structure.FirstStage.TWO_STEPS) {
      downsample(
          "stage1.downsample1",
          config.widths().get(0) / 2,
          config.stemWindow(),
          config.stemStride());
      block("stage1.conv_block1", BlockSpec.BlockKind.CONV);
      downsample("stage1.downsample2", config.widths().get(0), 3, 2);
      block("stage1.conv_block2", BlockSpec.BlockKind.CONV);
    } else {
      downsample(
          "stage1.downsample1",
          config.widths().get(0),
          config.stemWindow(),
          2 * config.stemStride());
      repeat("stage1.conv_block", 2, BlockSpec.BlockKind.CONV);
    }
  }

  private void downsample(String name, int outputs, int window, int stride) {
    boolean first = blocks.isEmpty();
    boolean membrane = config.structure().shortcut() == Shortcut.MEMBRANE;
    blocks.add(
        new BlockSpec.Downsampling(
            name,
            width,
            outputs,
            window,
            stride,
            first ? BlockSpec.Source.IMAGE : BlockSpec.Source.BLOCK,
            membrane
                ? first ? BlockSpec.Firing.NOWHERE : BlockSpec.Firing.BEFORE
                : BlockSpec.Firing.AFTER,
            BlockSpec.Pooling.NONE,
            BlockSpec.Bias.PRESENT));
    width = outputs;
  }

  private void repeat(String name, int count, BlockSpec.BlockKind kind) {
    for (int i = 1; i <= count; i++) {
      block(name + i, kind);
    }
  }

  /** A block at the present width; of that kind where the stages are of both kinds. */
  private void block(String name, BlockSpec.BlockKind hybrid) {
    boolean transformer =
        switch (config.structure().blocks()) {
          case HYBRID -> hybrid == BlockSpec.BlockKind.TRANSFORMER;
          case TRANSFORMER -> true;
          case CONVOLUTION -> false;
        };
    blocks.add(
        transformer
            ? new BlockSpec.Transformer(
                name.replace("conv_block", "block"),
                width,
                config.heads(),
                config.attention(),
                config.structure().queryKeyValue(),
                config.structure().output(),
                BlockSpec.Bias.ABSENT,
                config.structure().shortcut())
            : new BlockSpec.Convolutional(
                name,
                width,
                config.structure().tokenConvolution(),
                config.structure().channelMixer(),
                config.structure().shortcut()));
  }
}
