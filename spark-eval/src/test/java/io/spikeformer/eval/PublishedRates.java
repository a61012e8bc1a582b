package io.spikeformer.eval;

import io.spikeformer.data.text.TextFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * The table of firing rates that the Meta-SpikeFormer paper (ICLR 2024, Appendix) prints: 31M
 * model, T = 4.
 */
public final class PublishedRates {
  private PublishedRates() {}

  public static TextFile file() {
    String name = "/published_firing_rates.csv";
    try (InputStream stream = PublishedRates.class.getResourceAsStream(name)) {
      return TextFile.decode(name, stream.readAllBytes());
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
