package io.spikeformer.eval;

import java.net.URISyntaxException;
import java.nio.file.Path;

/**
 * The table of firing rates that the Meta-SpikeFormer paper (ICLR 2024, Appendix) prints: 31M
 * model, T = 4.
 */
final class PublishedRates {
  private PublishedRates() {}

  static Path file() {
    try {
      return Path.of(PublishedRates.class.getResource("/published_firing_rates.csv").toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }
}
