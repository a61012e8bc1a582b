package io.spikeformer.train;

import io.spikeformer.common.Text;
import io.spikeformer.model.block.ParameterLayout;
import io.spikeformer.model.block.ParameterLayout.Entry;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.train.recipe.InitialHead;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which tensors a model takes from a trained one of the same architecture, except for its classes,
 * its input channels and its head.
 *
 * <p>What has the same name and shape is taken. A first convolution for other input channels
 * repeats the trained ones in turn and scales them by trained / new channels. So its sums stay as
 * large as they were; a single channel gets the sum of all (timm does the same). Everything else,
 * the linear layers for other classes or for a new head, keeps its initial values.
 *
 * @param taken tensors as they were trained
 * @param resized tensors for other input channels, with both shapes
 * @param initialised tensors of the new model that nothing was found for
 * @param left tensors of the trained model without a place in the new one
 */
record ParameterTransfer(
    List<String> taken, List<String> resized, List<String> initialised, List<String> left) {
  private static final int NAMES = 8;
  private static final String HEAD = "head/";

  /** Takes copies. */
  ParameterTransfer {
    taken = List.copyOf(taken);
    resized = List.copyOf(resized);
    initialised = List.copyOf(initialised);
    left = List.copyOf(left);
  }

  /** Whether two networks differ in classes, input channels, head and circumstances alone. */
  static boolean possible(NetworkConfig source, NetworkConfig target) {
    return source
        .inCircumstancesOf(target)
        .withData(target.channels(), target.classes())
        .withHead(target.head())
        .equals(target);
  }

  /**
   * Writes what can be taken over the initial values of the new model.
   *
   * @param source the trained network
   * @param from its state
   * @param target the new network
   * @param to its state, or a vector that begins with it
   * @param head whether linear layers for as many classes are taken
   */
  static ParameterTransfer apply(
      NetworkConfig source, float[] from, NetworkConfig target, float[] to, InitialHead head) {
    Map<String, Entry> trained = new LinkedHashMap<>();
    ParameterLayout.of(source).entries().forEach(entry -> trained.put(entry.name(), entry));
    if (head == InitialHead.NEW) {
      trained.keySet().removeIf(name -> name.startsWith(HEAD));
    }
    List<String> taken = new ArrayList<>();
    List<String> resized = new ArrayList<>();
    List<String> initialised = new ArrayList<>();
    for (Entry entry : ParameterLayout.of(target).entries()) {
      Entry found = trained.get(entry.name());
      if (found != null && found.shape().equals(entry.shape())) {
        System.arraycopy(
            from, (int) found.offset(), to, (int) entry.offset(), (int) entry.length());
        taken.add(entry.name());
      } else if (found != null && onlyInputsDiffer(found.shape(), entry.shape())) {
        resize(from, found, to, entry);
        resized.add(Text.format("%s %s to %s", entry.name(), found.shape(), entry.shape()));
      } else {
        initialised.add(entry.name());
        continue;
      }
      trained.remove(entry.name());
    }
    initialised.forEach(trained::remove);
    return new ParameterTransfer(taken, resized, initialised, List.copyOf(trained.keySet()));
  }

  private static boolean onlyInputsDiffer(List<Integer> trained, List<Integer> wanted) {
    return trained.size() == 4
        && wanted.size() == 4
        && trained.get(0).equals(wanted.get(0))
        && trained.subList(2, 4).equals(wanted.subList(2, 4));
  }

  /** [outputs, inputs, window, window]. */
  private static void resize(float[] from, Entry trained, float[] to, Entry wanted) {
    int outputs = wanted.shape().get(0);
    int inputs = wanted.shape().get(1);
    int before = trained.shape().get(1);
    int window = wanted.shape().get(2) * wanted.shape().get(3);
    for (int o = 0; o < outputs; o++) {
      for (int w = 0; w < window; w++) {
        int source = (int) trained.offset() + o * before * window + w;
        float sum = 0;
        for (int i = 0; i < before; i++) {
          sum += from[source + i * window];
        }
        for (int i = 0; i < inputs; i++) {
          float repeated = from[source + i % before * window] * before / inputs;
          to[(int) wanted.offset() + (o * inputs + i) * window + w] = inputs == 1 ? sum : repeated;
        }
      }
    }
  }

  /** One line for the user. */
  String describe(String source) {
    StringBuilder text = new StringBuilder();
    text.append("initialised from ").append(source).append(": ").append(taken.size());
    text.append(" tensors taken");
    add(text, "resized", resized);
    add(text, "with initial values", initialised);
    add(text, "left behind", left);
    return text.toString();
  }

  private static void add(StringBuilder text, String what, List<String> names) {
    if (!names.isEmpty()) {
      text.append("; ").append(names.size()).append(' ').append(what).append(": ");
      text.append(String.join(", ", names.subList(0, Math.min(NAMES, names.size()))));
      if (names.size() > NAMES) {
        text.append(" and ").append(names.size() - NAMES).append(" more");
      }
    }
  }
}
