package io.spikeformer.model.cost;

import static io.spikeformer.model.config.MetaSpikeFormerConfig.CHANNEL_RATIO;
import static io.spikeformer.model.config.MetaSpikeFormerConfig.SEPARABLE_RATIO;

import io.spikeformer.model.config.BlockSpec;
import io.spikeformer.model.config.ClassifierHead;
import io.spikeformer.model.config.Shortcut;
import io.spikeformer.model.config.Structure.ChannelMixer;
import io.spikeformer.model.config.Structure.Projection;
import io.spikeformer.model.config.Structure.TokenConvolution;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Counts the MACs of one block in one convention. */
final class BlockCosts {
  private static final long DEPTHWISE_WINDOW = 7 * 7;
  private static final long WINDOW = 3 * 3;

  private final boolean fused;

  BlockCosts(CountingConvention convention) {
    this.fused = convention == CountingConvention.FUSED;
  }

  List<LayerCost> layers(PlacedBlock block) {
    return block.spec().accept(new Rows(block));
  }

  /** The attention operator of a block; empty if it has none. */
  List<LayerCost> attention(PlacedBlock block) {
    Rows rows = new Rows(block);
    if (block.spec() instanceof BlockSpec.Transformer spec) {
      long width = spec.width();
      if (spec.attention().multiplies()) {
        long products = width * width / (fused ? 1 : spec.heads());
        rows.add("ktv", "attention K^T V", products, "k");
        rows.add("q_ktv", "attention Q (K^T V)", products, "q");
      } else {
        rows.add("mask", "attention mask", width, spec.attention().summed());
      }
    }
    return rows.costs;
  }

  private static String convolution(int window) {
    return window == 1
        ? "pointwise convolution"
        : "dense " + window + "x" + window + " convolution";
  }

  /** Collects the rows of a block; the MACs given to it are those of one output position. */
  private final class Rows implements BlockSpec.Visitor<List<LayerCost>> {
    private final PlacedBlock block;
    private final List<LayerCost> costs = new ArrayList<>();
    private long pixels;

    Rows(PlacedBlock block) {
      this.block = block;
      this.pixels = block.output().pixels();
    }

    @Override
    public List<LayerCost> downsampling(BlockSpec.Downsampling spec) {
      pixels =
          (long) spec.convolvedSize(block.input().height())
              * spec.convolvedSize(block.input().width());
      long macs = (long) spec.window() * spec.window() * spec.inputs() * spec.outputs();
      if (spec.first()) {
        add("", convolution(spec.window()), macs, Optional.empty());
      } else {
        add("", convolution(spec.window()), macs);
      }
      return costs;
    }

    @Override
    public List<LayerCost> convolutional(BlockSpec.Convolutional spec) {
      long width = spec.width();
      if (spec.tokenConvolution() == TokenConvolution.SEPARABLE) {
        separable(width);
      }
      int window = spec.channelMixer() == ChannelMixer.CONVOLUTION ? 3 : 1;
      long macs = window * window * width * CHANNEL_RATIO * width;
      add("conv1", convolution(window), macs);
      add("conv2", convolution(window), macs);
      return costs;
    }

    private void separable(long width) {
      long hidden = SEPARABLE_RATIO * width;
      add("pointwise1", "pointwise convolution", width * hidden);
      if (fused) {
        add("depthwise_pointwise2", convolution(7), DEPTHWISE_WINDOW * hidden * width);
      } else {
        add("depthwise_pointwise2", "depthwise 7x7 convolution", DEPTHWISE_WINDOW * hidden);
        add("depthwise_pointwise2", "pointwise convolution", hidden * width);
      }
    }

    @Override
    public List<LayerCost> transformer(BlockSpec.Transformer spec) {
      long width = spec.width();
      int inputs = spec.attention().usesKeys() ? 3 : 2;
      projections("repconv_qkv", spec.queryKeyValue(), inputs, width);
      projections("repconv_proj", spec.output(), 1, width);
      add("linear1", "linear", width * CHANNEL_RATIO * width);
      add("linear2", "linear", CHANNEL_RATIO * width * width);
      return costs;
    }

    private void projections(String layer, Projection kind, int count, long width) {
      String times = count > 1 ? count + " " : "";
      String plural = count > 1 ? "s" : "";
      if (kind == Projection.LINEAR) {
        add(layer, times + "pointwise convolution" + plural, count * width * width);
      } else if (fused) {
        add(layer, times + convolution(3) + plural, count * WINDOW * width * width);
      } else {
        add(layer, times + "pointwise convolution" + plural, count * width * width);
        add(layer, times + "depthwise 3x3 convolution" + plural, count * WINDOW * width);
        add(layer, times + "second pointwise convolution" + plural, count * width * width);
      }
    }

    @Override
    public List<LayerCost> residual(BlockSpec.Residual spec) {
      long inputs = spec.inputs();
      long outputs = spec.outputs();
      if (spec.projects()) {
        // between shapes, membrane potentials are convolved as they are
        boolean real = spec.shortcut() == Shortcut.MEMBRANE;
        add(
            "shortcut",
            "pointwise convolution of the shortcut",
            inputs * outputs,
            real ? Optional.empty() : Optional.of(name("conv1")));
      }
      switch (spec.form()) {
        case SINGLE -> add("conv1", convolution(3), WINDOW * inputs * outputs);
        case BASIC -> {
          add("conv1", convolution(3), WINDOW * inputs * outputs);
          add("conv2", convolution(3), WINDOW * outputs * outputs);
        }
        case BOTTLENECK -> {
          long inner = outputs / 4;
          pixels = block.input().pixels();
          add("conv1", convolution(1), inputs * inner);
          pixels = block.output().pixels();
          add("conv2", convolution(3), WINDOW * inner * inner);
          add("conv3", convolution(1), inner * outputs);
        }
      }
      return costs;
    }

    @Override
    public List<LayerCost> head(BlockSpec.Head spec) {
      long macs = (long) spec.inputs() * spec.outputs();
      add("", "linear", macs);
      if (spec.layers() == ClassifierHead.DISTILLED) {
        add("", "linear for distillation", macs);
      }
      return costs;
    }

    void add(String layer, String operation, long macs) {
      add(layer, operation, macs, layer);
    }

    void add(String layer, String operation, long macs, String neurons) {
      add(layer, operation, macs, Optional.of(name(neurons)));
    }

    private void add(String layer, String operation, long macs, Optional<String> neurons) {
      costs.add(
          new LayerCost(
              block.stage(), block.spec().name(), name(layer), operation, macs * pixels, neurons));
    }

    private String name(String layer) {
      return layer.isEmpty() ? block.spec().name() : block.spec().name() + "." + layer;
    }
  }
}
