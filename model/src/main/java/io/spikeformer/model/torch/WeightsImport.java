package io.spikeformer.model.torch;

import io.spikeformer.model.ClassifierHead;
import io.spikeformer.model.ModelException;
import io.spikeformer.model.NetworkConfig;
import io.spikeformer.model.torch.TorchNames.Named;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A file of weights under the released models' names, on its way into a model.
 *
 * <p>Every tensor of the model must be there with its shape and finite values, and nothing else but
 * the batch counters of PyTorch's normalisations. The prefix that PyTorch's data parallelism puts
 * before every name is taken off.
 */
public final class WeightsImport implements AutoCloseable {
  private static final String PREFIX = "module.";
  private static final String SECOND_LAYER = "head_kd.";
  private static final int MOST_NAMES = 5;

  private final Path file;
  private final WeightsFile weights;
  private final Map<String, StoredTensor> tensors = new LinkedHashMap<>();

  private WeightsImport(Path file, WeightsFile weights) {
    this.file = file;
    this.weights = weights;
  }

  /**
   * Opens a PyTorch checkpoint (zip format) or a safetensors file.
   *
   * @throws ModelException in one line if it is none, is damaged or contains what is not read
   */
  public static WeightsImport open(Path file) {
    WeightsImport opened = new WeightsImport(file, WeightsFile.open(file));
    opened
        .weights
        .tensors()
        .forEach(
            (name, tensor) -> {
              String key = name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : name;
              if (opened.tensors.put(key, tensor) != null) {
                opened.close();
                throw opened.failed(
                    "each tensor once, found " + key + " with and without " + PREFIX);
              }
            });
    return opened;
  }

  /** What {@link ModelExport} wrote beside the weights, if this project wrote the file. */
  public Optional<ModelDescription> description() {
    return weights.description().map(json -> ModelDescription.fromJson(json, file));
  }

  /** The head that the file has weights for. */
  public ClassifierHead head() {
    boolean second = tensors.keySet().stream().anyMatch(name -> name.startsWith(SECOND_LAYER));
    return second ? ClassifierHead.DISTILLED : ClassifierHead.PLAIN;
  }

  /** Tensors that are left out: PyTorch's counters of batches. */
  public List<String> ignored() {
    return tensors.keySet().stream().filter(TorchNames::unused).toList();
  }

  /**
   * The flat state of a model, in its layout's order.
   *
   * @throws ModelException in one line that names the tensors which are missing, unexpected, of
   *     another shape or type, or not finite
   */
  public float[] state(NetworkConfig config) {
    List<Named> expected = TorchNames.of(config);
    requireMatch(config, expected);
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
    return state;
  }

  private void requireMatch(NetworkConfig config, List<Named> expected) {
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
    note(problems, types, "that are not floating-point");
    if (!problems.isEmpty()) {
      throw failed(
          "the "
              + expected.size()
              + " tensors of "
              + config.name()
              + ", found "
              + String.join("; ", problems)
              + classesHint(config));
    }
  }

  private String classesHint(NetworkConfig config) {
    StoredTensor head = tensors.get("head.weight");
    boolean others =
        head != null && head.shape().size() == 2 && head.shape().get(0) != config.classes();
    return others ? "; its head has " + head.shape().get(0) + " classes" : "";
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

  private ModelException failed(String expectedAndFound) {
    return new ModelException("weights " + file + ": expected " + expectedAndFound);
  }

  @Override
  public void close() {
    weights.close();
  }
}
