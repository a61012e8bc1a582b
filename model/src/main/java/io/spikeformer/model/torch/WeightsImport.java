package io.spikeformer.model.torch;

import io.spikeformer.common.UserException;
import io.spikeformer.model.config.ClassifierHead;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.model.torch.TorchNames.Named;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A file of weights under the released models' names, on its way into a model.
 *
 * <p>Every tensor of the model must be there with its shape and finite values, and nothing else but
 * the batch counters of PyTorch's normalisations. A prefix before every name is taken off; tensors
 * that do not have it belong to what was around the model and are left out.
 */
public final class WeightsImport implements AutoCloseable {
  private static final Pattern SECOND_LAYER = Pattern.compile("(.*\\.)?head_kd\\.\\w+");
  private static final int MOST_NAMES = 5;

  private final Path file;
  private final WeightsFile weights;

  private WeightsImport(Path file, WeightsFile weights) {
    this.file = file;
    this.weights = weights;
  }

  /**
   * The result of an import.
   *
   * @param path the names that lead to the weights in the file, joined by dots; empty for its top
   * @param others paths of other weights in the file that could be taken instead
   * @param prefix what was taken off before every name, or empty
   * @param leftOut tensors that lack the prefix and were not taken
   * @param counters of batches, which PyTorch keeps and nothing reads
   * @param unlisted Python names whose objects were passed over; nothing of them was executed
   * @param state the flat state of the model, in its layout's order
   */
  public record Imported(
      String path,
      List<String> others,
      String prefix,
      List<String> leftOut,
      List<String> counters,
      Set<String> unlisted,
      float[] state) {}

  /** Opens the usual weights of a file, as {@link #open(Path, String)} does. */
  public static WeightsImport open(Path file) {
    return open(file, null);
  }

  /**
   * Opens a PyTorch checkpoint (zip format) or a safetensors file.
   *
   * @param key name of the weights in the file, or null for the usual ones
   * @throws UserException in one line if it is none, is damaged or contains what is not read
   */
  public static WeightsImport open(Path file, String key) {
    return new WeightsImport(file, WeightsFile.open(file, key));
  }

  /**
   * The description that {@link ModelExport} wrote beside the weights, if this project wrote the
   * file.
   */
  public Optional<ModelDescription> description() {
    return weights.description().map(json -> ModelDescription.fromJson(json, file));
  }

  /** The head that the file has weights for. */
  public ClassifierHead head() {
    boolean second = weights.tensors().keySet().stream().anyMatch(SECOND_LAYER.asMatchPredicate());
    return second ? ClassifierHead.DISTILLED : ClassifierHead.PLAIN;
  }

  /**
   * The state of a model.
   *
   * @throws UserException in one line that names the tensors which are missing, unexpected, of
   *     another shape or type, or not finite
   */
  public Imported read(NetworkConfig config) {
    List<Named> expected = TorchNames.of(config);
    NamePrefix prefix = prefix(expected);
    Map<String, StoredTensor> tensors = prefix.inside();
    requireMatch(config, expected, tensors);
    Named last = expected.get(expected.size() - 1);
    float[] state = new float[Math.toIntExact(last.entry().offset() + last.entry().length())];
    List<String> infinite = new ArrayList<>();
    List<String> negative = new ArrayList<>();
    for (Named named : expected) {
      int begin = (int) named.entry().offset();
      int end = begin + (int) named.entry().length();
      copy(tensors.get(named.name()), state, begin);
      for (int i = begin; i < end; i++) {
        if (!Float.isFinite(state[i])) {
          infinite.add(named.name());
          break;
        }
        if (state[i] < 0 && named.name().endsWith(".running_var")) {
          negative.add(named.name());
          break;
        }
      }
    }
    if (!infinite.isEmpty()) {
      throw failed("finite values in float32, found NaN or infinity in " + names(infinite));
    }
    if (!negative.isEmpty()) {
      throw failed("variances >= 0, found others in " + names(negative));
    }
    return new Imported(
        weights.path(),
        weights.others(),
        prefix.text(),
        prefix.outside().stream().filter(name -> !TorchNames.unused(name)).toList(),
        weights.tensors().keySet().stream().filter(TorchNames::unused).toList(),
        weights.unlisted(),
        state);
  }

  private NamePrefix prefix(List<Named> expected) {
    try {
      return NamePrefix.of(
          weights.tensors(), expected.stream().map(Named::name).collect(Collectors.toSet()));
    } catch (UserException e) {
      throw new UserException(e, "weights %s: %s", file, e.getMessage());
    }
  }

  private void requireMatch(
      NetworkConfig config, List<Named> expected, Map<String, StoredTensor> tensors) {
    List<String> problems = new ArrayList<>();
    TreeSet<String> unexpected = new TreeSet<>(tensors.keySet());
    unexpected.removeIf(TorchNames::unused);
    List<String> missing = new ArrayList<>();
    List<String> shapes = new ArrayList<>();
    List<String> types = new ArrayList<>();
    for (Named named : expected) {
      StoredTensor tensor = tensors.get(named.name());
      unexpected.remove(named.name());
      if (tensor == null) {
        missing.add(named.name());
      } else if (!tensor.shape().equals(named.shape())) {
        shapes.add(named.name() + " " + tensor.shape() + " instead of " + named.shape());
      } else if (!tensor.type().floating()) {
        types.add(named.name() + " of " + tensor.type().code());
      }
    }
    note(problems, missing, "missing");
    note(problems, new ArrayList<>(unexpected), "unexpected");
    note(problems, shapes, "of another shape");
    note(problems, types, "that are not float64, float32, float16 or bfloat16");
    if (!problems.isEmpty()) {
      throw failed(
          "the "
              + expected.size()
              + " tensors of "
              + config.name()
              + ", found "
              + String.join("; ", problems)
              + classesHint(config, tensors));
    }
  }

  private static String classesHint(NetworkConfig config, Map<String, StoredTensor> tensors) {
    StoredTensor head = tensors.get("head.weight");
    if (head == null || head.shape().size() != 2 || head.shape().get(0) == config.classes()) {
      return "";
    }
    long classes = head.shape().get(0);
    return "; its head has " + classes + " classes: add --classes " + classes;
  }

  private static void note(List<String> problems, List<String> found, String what) {
    if (!found.isEmpty()) {
      problems.add(found.size() + " " + what + " (" + names(found) + ")");
    }
  }

  private static String names(List<String> names) {
    String shown =
        names.stream()
            .limit(MOST_NAMES)
            .map(name -> name.replaceAll("\\p{Cntrl}", "?"))
            .collect(Collectors.joining(", "));
    int more = names.size() - MOST_NAMES;
    return more > 0 ? shown + " and " + more + " more" : shown;
  }

  /** Copies a tensor of any strides in C order. */
  private void copy(StoredTensor tensor, float[] target, int begin) {
    ByteBuffer storage = weights.storage(tensor);
    int dimensions = tensor.shape().size();
    long[] index = new long[dimensions];
    long element = tensor.offset();
    int count = (int) tensor.shape().stream().mapToLong(Long::longValue).reduce(1, (a, b) -> a * b);
    for (int i = 0; i < count; i++) {
      target[begin + i] = tensor.type().value(storage, (int) element);
      for (int d = dimensions - 1; d >= 0; d--) {
        element += tensor.strides().get(d);
        if (++index[d] < tensor.shape().get(d)) {
          break;
        }
        element -= tensor.strides().get(d) * index[d];
        index[d] = 0;
      }
    }
  }

  private UserException failed(String expectedAndFound) {
    return new UserException("weights %s: expected %s", file, expectedAndFound);
  }

  @Override
  public void close() {
    weights.close();
  }
}
