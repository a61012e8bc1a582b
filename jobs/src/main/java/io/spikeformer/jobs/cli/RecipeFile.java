package io.spikeformer.jobs.cli;

import io.spikeformer.data.storage.Storage;
import io.spikeformer.data.text.TextFile;

/** Recipe files, wherever Hadoop reaches. */
public final class RecipeFile {
  private static final int MAX_BYTES = 1 << 20;

  private RecipeFile() {}

  /**
   * The text of a recipe.
   *
   * @param place URI or path
   * @throws io.spikeformer.data.storage.UserException if it cannot be read, is no text or is larger
   *     than a recipe is
   */
  public static String read(String place) {
    Storage storage = new Storage(HadoopSettings.configuration());
    return TextFile.decode(place, storage.read(Storage.path(place), MAX_BYTES)).text();
  }
}
