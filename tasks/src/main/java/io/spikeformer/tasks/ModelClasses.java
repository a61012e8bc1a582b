package io.spikeformer.tasks;

import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.sample.ClassNames;
import java.util.List;
import java.util.Optional;

/**
 * The classes that a model tells apart, wherever it meets data.
 *
 * @param model what the model is called in messages, for example {@code model runs/t1}
 * @param names in the order of its logits; empty if unknown
 */
public record ModelClasses(String model, List<String> names) {

  /** Copies the names. */
  public ModelClasses {
    names = List.copyOf(names);
  }

  /** Whether the model says what its classes are. */
  public boolean known() {
    return !names.isEmpty();
  }

  /**
   * Where the data's classes differ from the model's, as the beginning of an error; empty if they
   * are the same in the same order, or the model's are unknown.
   *
   * @param data what the data are called in messages
   * @param classes names of the data's classes, in the order of their labels
   */
  public Optional<String> difference(String data, List<String> classes) {
    return known()
        ? ClassNames.difference(names, classes)
            .map(
                difference ->
                    Text.format(
                        "%s and %s: expected the same classes in the same order, %s",
                        model, data, difference))
        : Optional.empty();
  }

  /**
   * Refuses data of other classes, or of another number than the model answers with.
   *
   * @param data what the data are called in messages
   * @param classes names of the data's classes, in the order of their labels
   * @param outputs classes that the model answers with
   * @throws UserException in one line
   */
  public void requireSame(String data, List<String> classes, int outputs) {
    difference(data, classes)
        .ifPresent(
            difference -> {
              throw new UserException("%s; give the data or the model of the other", difference);
            });
    if (classes.size() != outputs) {
      throw new UserException(
          "%s and %s: expected %s classes as the model has, found %s; give the data or the model of"
              + " the other",
          model, data, outputs, classes.size());
    }
  }

  /** A warning for a model whose classes are unknown, else empty. */
  public Optional<String> warning(String data) {
    return known()
        ? Optional.empty()
        : Optional.of(
            Text.format(
                "%s does not name its classes: that label by label they are those of %s was not"
                    + " checked",
                model, data));
  }
}
