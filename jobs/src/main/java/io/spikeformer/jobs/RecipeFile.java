package io.spikeformer.jobs;

import io.spikeformer.data.Storage;

/** Recipe files, wherever Hadoop reaches. */
final class RecipeFile {
  private static final int MAX_BYTES = 1 << 20;

  private RecipeFile() {}

  /**
   * The text of a recipe.
   *
   * @param place URI or path
   * @throws io.spikeformer.data.DataException if it cannot be read or is larger than a recipe is
   */
  static String read(String place) {
    return new Storage(HadoopSettings.configuration()).readText(Storage.path(place), MAX_BYTES);
  }
}
