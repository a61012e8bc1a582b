package io.spikeformer.train;

import io.spikeformer.common.Text;
import io.spikeformer.model.block.ParameterLayout;
import io.spikeformer.model.block.ParameterLayout.Entry;
import io.spikeformer.model.block.ParameterLayout.Part;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.train.recipe.InitialHead;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which tensors a model takes from a trained one of the same architecture, except for its classes,
 * its input channels, its neck and its head.
 *
 * <p>What has the same name and shape is taken. A first convolution for other input channels
 * repeats the trained ones in turn and scales them by trained / new channels. So its sums stay as
 * large as they were; a single channel gets the sum of all (timm does the same). Everything else,
 * such as the layers for other classes or a new neck and head, keeps its initial values.
 *
 * @param taken tensors as they were trained
 * @param resized tensors for other input channels, with both shapes
 * @param initialised tensors of the new model that nothing was found for
 * @param left tensors of the trained model without a place in the new one
 */
record ParameterTransfer(
    List<String> taken, List<String> resized, List<String> initialised, List<String> left) {
  private static final int NAMES = 8;

  /** Takes copies. */
  ParameterTransfer {
    taken = List.copyOf(taken);
    resized = List.copyOf(resized);
    initialised = List.copyOf(initialised);
    left = List.copyOf(left);
  }

  /** Whether networks differ in classes, input channels, neck, head and circumstances alone. */
  static boolean possible(NetworkConfig source, NetworkConfig target) {
    return source
        .inCircumstancesOf(target)
        .withData(target.channels(), target.classes())
        .withHeadOf(target)
        .equals(target);
  }

  /** Whether a tensor of the head is taken. */
  static boolean takesHead(NetworkConfig source, NetworkConfig target, InitialHead head) {
    Map<String, Entry> trained = trained(source, head);
    return ParameterLayout.of(target).entries().stream()
        .filter(entry -> entry.part() == Part.HEAD && trained.containsKey(entry.name()))
        .anyMatch(entry -> trained.get(entry.name()).shape().equals(entry.shape()));
  }

  /** The tensors that may be taken, by name. */
  private static Map<String, Entry> trained(NetworkConfig source, InitialHead head) {
    Map<String, Entry> trained = new LinkedHashMap<>();
    ParameterLayout.of(source).entries().stream()
        .filter(entry -> head == InitialHead.TRAINED || entry.part() == Part.BACKBONE)
        .forEach(entry -> trained.put(entry.name(), entry));
    return trained;
  }

  /**
   * Writes what can be taken over the initial values of the new model.
   *
   * @param source the trained network
   * @param from its state
   * @param target the new network
   * @param to its state, or a vector that begins with it
   * @param head whether tensors of neck and head are taken
   */
  static ParameterTransfer apply(
      NetworkConfig source, float[] from, NetworkConfig target, float[] to, InitialHead head) {
    Map<String, Entry> trained = trained(source, head);
    List<String> taken = new ArrayList<>();
    List<String> resized = new ArrayList<>();
    List<String> initialised = new ArrayList<>();
    for (Entry entry : ParameterLayout.of(target).entries()) {
      Entry found = trained.get(entry.name());
      if (found != null && found.shape().equals(entry.shape())) {
        System.arraycopy(
            from, (int) found.offset(), to, (int) entry.offset(), (int) entry.length());
        taken.add(entry.name());
      } else if (found != null && onlyInputsDiffer(found, entry)) {
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

  /** True of the first convolution alone: what neck and head read does not stem from an image. */
  private static boolean onlyInputsDiffer(Entry trained, Entry wanted) {
    List<Integer> before = trained.shape();
    List<Integer> now = wanted.shape();
    return wanted.part() == Part.BACKBONE
        && before.size() == 4
        && now.size() == 4
        && before.get(0).equals(now.get(0))
        && before.subList(2, 4).equals(now.subList(2, 4));
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
