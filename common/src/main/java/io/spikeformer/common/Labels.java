package io.spikeformer.common;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/** Choices by the words that users write for them, in options, recipes and files. */
public final class Labels {
  private Labels() {}

  /**
   * The choice of a word.
   *
   * @param what is chosen, for the message
   * @param choices all that may be chosen
   * @param label the word of a choice
   * @param found the word that was given
   * @throws IllegalArgumentException for any other word, naming the accepted ones
   */
  public static <T> T find(String what, T[] choices, Function<T, String> label, String found) {
    for (T choice : choices) {
      if (label.apply(choice).equals(found)) {
        return choice;
      }
    }
    List<String> accepted = Arrays.stream(choices).map(label).toList();
    throw new IllegalArgumentException(
        Text.format("%s: expected %s, found '%s'", what, anyOf(accepted), found));
  }

  private static String anyOf(List<String> words) {
    return words.size() <= 2 ? String.join(" or ", words) : "one of " + String.join(", ", words);
  }
}
