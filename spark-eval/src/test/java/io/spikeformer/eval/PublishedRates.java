package io.spikeformer.eval;

import io.spikeformer.data.text.TextFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The published firing rates of the 31M model at T = 4, {@code conf/firing-rates/31m-t4.csv}. */
public final class PublishedRates {
  private PublishedRates() {}

  public static TextFile file() {
    Path table = Path.of(System.getProperty("spikeformer.root"), "conf/firing-rates/31m-t4.csv");
    try {
      return TextFile.decode(table.toString(), Files.readAllBytes(table));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
