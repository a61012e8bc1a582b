package io.spikeformer.model.cost;

import static io.spikeformer.model.MetaSpikeFormerConfig.CHANNEL_RATIO;
import static io.spikeformer.model.MetaSpikeFormerConfig.SEPARABLE_RATIO;

import io.spikeformer.model.ClassifierHead;
import io.spikeformer.model.MetaSpikeFormerConfig;
import io.spikeformer.model.MetaSpikeFormerConfig.BlockSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Counts the MACs of one block in one convention. */
final class BlockCosts {
  private static final long DEPTHWISE_WINDOW = 7 * 7;
  private static final long WINDOW = 3 * 3;

  private final MetaSpikeFormerConfig config;
  private final boolean fused;

  BlockCosts(MetaSpikeFormerConfig config, CountingConvention convention) {
    this.config = config;
    this.fused = convention == CountingConvention.FUSED;
  }

  List<LayerCost> layers(PlacedBlock block) {
    Rows rows = new Rows(block, new ArrayList<>());
    switch (block.spec().kind()) {
      case DOWNSAMPLING -> downsampling(block.spec(), rows);
      case CONV -> convBlock(block.spec().outputs(), rows);
      case TRANSFORMER -> transformerBlock(block.spec().outputs(), rows);
      case HEAD -> head(block.spec(), rows);
    }
    return rows.costs;
  }

  List<LayerCost> attention(PlacedBlock block) {
    Rows rows = new Rows(block, new ArrayList<>());
    long width = block.spec().outputs();
    if (config.attention().multiplies()) {
      long products = width * width / (fused ? 1 : config.heads());
      rows.add("ktv", "attention K^T V", products, "k");
      rows.add("q_ktv", "attention Q (K^T V)", products, "q");
    } else {
      rows.add("mask", "attention mask", width, "q");
    }
    return rows.costs;
  }

  private static void downsampling(BlockSpec spec, Rows rows) {
    long window = (long) spec.window() * spec.window();
    String operation = convolution(spec.window());
    long macs = window * spec.inputs() * spec.outputs();
    if (spec.first()) {
      rows.addReal(operation, macs);
    } else {
      rows.add("", operation, macs);
    }
  }

  private void head(BlockSpec spec, Rows rows) {
    long macs = (long) spec.inputs() * spec.outputs();
    rows.add("", "linear", macs);
    if (config.head() == ClassifierHead.DISTILLED) {
      rows.add("", "linear for distillation", macs);
    }
  }

  private void convBlock(long width, Rows rows) {
    long hidden = SEPARABLE_RATIO * width;
    rows.add("pointwise1", "pointwise convolution", width * hidden);
    if (fused) {
      rows.add("depthwise_pointwise2", convolution(7), DEPTHWISE_WINDOW * hidden * width);
    } else {
      rows.add("depthwise_pointwise2", "depthwise 7x7 convolution", DEPTHWISE_WINDOW * hidden);
      rows.add("depthwise_pointwise2", "pointwise convolution", hidden * width);
    }
    rows.add("conv1", convolution(3), WINDOW * width * CHANNEL_RATIO * width);
    rows.add("conv2", convolution(3), WINDOW * CHANNEL_RATIO * width * width);
  }

  private void transformerBlock(long width, Rows rows) {
    repConvs("repconv_qkv", config.attention().usesKeys() ? 3 : 2, width, rows);
    repConvs("repconv_proj", 1, width, rows);
    rows.add("linear1", "linear", width * CHANNEL_RATIO * width);
    rows.add("linear2", "linear", CHANNEL_RATIO * width * width);
  }

  private void repConvs(String layer, int count, long width, Rows rows) {
    String times = count > 1 ? count + " " : "";
    String plural = count > 1 ? "s" : "";
    if (fused) {
      rows.add(layer, times + convolution(3) + plural, count * WINDOW * width * width);
    } else {
      rows.add(layer, times + "pointwise convolution" + plural, count * width * width);
      rows.add(layer, times + "depthwise 3x3 convolution" + plural, count * WINDOW * width);
      rows.add(layer, times + "second pointwise convolution" + plural, count * width * width);
    }
  }

  private static String convolution(int window) {
    return "dense " + window + "x" + window + " convolution";
  }

  /** Collects rows; the MACs given to it are those of one output position. */
  private record Rows(PlacedBlock block, List<LayerCost> costs) {
    void add(String layer, String operation, long macs) {
      add(layer, operation, macs, layer);
    }

    void add(String layer, String operation, long macs, String neurons) {
      add(layer, operation, macs, Optional.of(name(neurons)));
    }

    void addReal(String operation, long macs) {
      add("", operation, macs, Optional.empty());
    }

    private void add(String layer, String operation, long macs, Optional<String> neurons) {
      long all = macs * block.output().pixels();
      costs.add(
          new LayerCost(block.stage(), block.spec().name(), name(layer), operation, all, neurons));
    }

    private String name(String layer) {
      return layer.isEmpty() ? block.spec().name() : block.spec().name() + "." + layer;
    }
  }
}
