package io.spikeformer.model.cost;

import io.spikeformer.model.config.BlockSpec;
import io.spikeformer.model.config.BlockSpec.Firing;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.model.config.Shortcut;
import io.spikeformer.model.config.Structure.TokenConvolution;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The largest sum of spikes that an input of a layer can be, for the layers that read sums: behind
 * a shortcut that adds spikes (SEW), every branch since the last neurons adds one more.
 */
public final class SpikeSumLimits implements BlockSpec.Visitor<Void> {
  private final Map<String, Integer> limits = new LinkedHashMap<>();

  /** Of what the block in front hands on; 1 where those are spikes or membrane potentials. */
  private int handedOn = 1;

  private SpikeSumLimits() {}

  /** By the name of the layer, in the order of the forward pass; layers that read spikes lack. */
  public static Map<String, Integer> of(NetworkConfig config) {
    SpikeSumLimits visitor = new SpikeSumLimits();
    config.blocks().forEach(block -> block.accept(visitor));
    return visitor.limits;
  }

  @Override
  public Void downsampling(BlockSpec.Downsampling spec) {
    if (!spec.first() && spec.firing() != Firing.BEFORE) {
      reads(spec.name());
    }
    handedOn = 1;
    return null;
  }

  @Override
  public Void convolutional(BlockSpec.Convolutional spec) {
    if (spec.tokenConvolution() == TokenConvolution.SEPARABLE) {
      branch(spec.name() + ".pointwise1", spec.shortcut());
    }
    branch(spec.name() + ".conv1", spec.shortcut());
    return null;
  }

  @Override
  public Void transformer(BlockSpec.Transformer spec) {
    branch(spec.name() + ".repconv_qkv", spec.shortcut());
    branch(spec.name() + ".linear1", spec.shortcut());
    return null;
  }

  @Override
  public Void residual(BlockSpec.Residual spec) {
    branch(spec.name() + ".conv1", spec.shortcut());
    if (spec.projects() && spec.shortcut() == Shortcut.SEW) {
      handedOn = 2; // spikes of the shortcut's own neurons and of the branch
    }
    return null;
  }

  @Override
  public Void head(BlockSpec.Head spec) {
    if (spec.readout() == BlockSpec.Head.Readout.MEAN) {
      reads(spec.name());
    }
    return null;
  }

  private void branch(String layer, Shortcut shortcut) {
    switch (shortcut) {
      case MEMBRANE -> handedOn = 1;
      case SEW -> {
        reads(layer);
        handedOn++;
      }
      case VANILLA -> {
        reads(layer);
        handedOn = 1;
      }
    }
  }

  private void reads(String layer) {
    if (handedOn > 1) {
      limits.put(layer, handedOn);
    }
  }
}
