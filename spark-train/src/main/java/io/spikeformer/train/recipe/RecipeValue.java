package io.spikeformer.train.recipe;

/**
 * A key of a recipe.
 *
 * @param key section.key
 * @param value as the recipe writes it; null: as the preset, or the optimizer's usual value
 * @param source where it comes from
 */
public record RecipeValue(String key, String value, Source source) {
  /** Where a value comes from: of several, the last one here wins. */
  public enum Source {
    /** The defaults. */
    DEFAULT,
    /** The recipe's file. */
    FILE,
    /** The command line. */
    FLAG
  }
}
