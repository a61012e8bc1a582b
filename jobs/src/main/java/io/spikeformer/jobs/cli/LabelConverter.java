package io.spikeformer.jobs.cli;

import java.util.function.Function;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Choices by the words that users write for them; another word is wrong usage.
 *
 * @param <T> the choices
 */
public final class LabelConverter<T> implements ITypeConverter<T> {
  private final Function<String, T> choice;

  /**
   * A converter.
   *
   * @param choice of a word; it refuses others by an IllegalArgumentException that names the
   *     accepted ones
   */
  public LabelConverter(Function<String, T> choice) {
    this.choice = choice;
  }

  @Override
  public T convert(String word) {
    try {
      return choice.apply(word);
    } catch (IllegalArgumentException refused) {
      throw new TypeConversionException(refused.getMessage());
    }
  }
}
