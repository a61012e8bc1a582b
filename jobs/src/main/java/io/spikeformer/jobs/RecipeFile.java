package io.spikeformer.jobs;

import io.spikeformer.data.Storage;
import io.spikeformer.data.text.TextFile;

/** Recipe files, wherever Hadoop reaches. */
final class RecipeFile {
  private static final int MAX_BYTES = 1 << 20;

  private RecipeFile() {}

  /**
   * The text of a recipe.
   *
   * @param place URI or path
   * @throws io.spikeformer.data.DataException if it cannot be read, is no text or is larger than a
   *     recipe is
   */
  static String read(String place) {
    Storage storage = new Storage(HadoopSettings.configuration());
    return TextFile.decode(place, storage.read(Storage.path(place), MAX_BYTES)).text();
  }
}
