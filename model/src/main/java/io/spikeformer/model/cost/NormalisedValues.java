package io.spikeformer.model.cost;

import io.spikeformer.common.Text;
import io.spikeformer.model.block.CountedLayer;
import io.spikeformer.model.box.RegionMeans;
import io.spikeformer.model.config.NetworkConfig;
import java.util.Optional;

/**
 * Values of a channel that a batch normalisation has in training: T x batch x height x width of
 * what it normalises. Of one value alone the variance is 0 and the normalised value is the shift,
 * for any image; PyTorch refuses that too.
 */
public final class NormalisedValues {
  private NormalisedValues() {}

  /**
   * The first block whose batch normalisation has one value a channel, with the sizes.
   *
   * @param batch samples of the minibatch
   * @param height height of the images in pixels
   * @param width width of the images in pixels
   * @return one line, or nothing if every normalisation has more than one value
   */
  public static Optional<String> single(NetworkConfig config, int batch, int height, int width) {
    for (PlacedBlock block : PlacedBlock.all(config, height, width)) {
      boolean single =
          block.block().layers().stream()
              .filter(CountedLayer::normalised)
              .anyMatch(
                  layer ->
                      block.positions(layer, RegionMeans.MOST) * batch * config.timesteps() == 1);
      if (single) {
        return Optional.of(
            Text.format(
                "batch normalisation of %s: expected more than 1 value per channel when training,"
                    + " found"
                    + " 1: T = %d, minibatch of %d, 1 x 1 pixels of images of %d x %d",
                block.spec().name(), config.timesteps(), batch, height, width));
      }
    }
    return Optional.empty();
  }
}
