package io.spikeformer.model.torch;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The Python names that a checkpoint may refer to. Each stands for something of ours; no name ever
 * leads to code of the file or of Python.
 *
 * <p>The list is that of PyTorch's own loader of weights, and what training scripts save beside
 * them. A name outside the list may be there, and objects of it, but no call of it.
 */
final class PickleGlobals {
  /** The treatment of a name when the pickle calls it. */
  sealed interface Global permits Function, StorageType, Unreadable, Placeholder, Unlisted {}

  /** The functions and classes that tensors and their containers are made with. */
  enum Function implements Global {
    /** A dict of the dicts and lists of pairs that it is given. */
    DICT,
    /** An empty dict for any arguments. */
    DEFAULT_DICT,
    REBUILD_TENSOR,
    /** A tensor of a number format that has no storage class; none of these is read. */
    REBUILD_UNTYPED_TENSOR,
    /** A wrapper of a tensor, the first argument, that adds nothing to its values. */
    WRAPPED_TENSOR,
    /** A function and its arguments, the first and the third argument. */
    REBUILD_FROM_TYPE
  }

  /**
   * The class of a storage.
   *
   * @param name as in PyTorch
   * @param type number format, or empty if tensors of it are not read
   */
  record StorageType(String name, Optional<ElementType> type) implements Global {}

  /**
   * Makes tensors that are not read.
   *
   * @param kind what they are, for messages
   * @param remedy advice in messages: how a tensor of them becomes readable
   */
  record Unreadable(String kind, String remedy) implements Global {}

  /**
   * Something that training checkpoints carry beside the weights and that is of no use here, such
   * as the command line's arguments. It keeps its name and nothing else.
   */
  record Placeholder(String name) implements Global {}

  /** A name that is not on the list, or an object of it. It keeps its name and nothing else. */
  record Unlisted(String name) implements Global {}

  /** Names in the present Python's spelling. */
  private static final Pattern WITHOUT_USE =
      Pattern.compile(
          String.join(
              "|",
              "argparse\\.Namespace",
              "types\\.SimpleNamespace",
              "pathlib\\.(Pure)?(Posix|Windows)?Path",
              "collections\\.deque",
              "datetime\\.(date|datetime|time|timedelta|timezone)",
              "decimal\\.Decimal",
              "functools\\.partial",
              "uuid\\.UUID",
              "_codecs\\.encode",
              "builtins\\.(set|frozenset|bytearray|bytes|complex|list|tuple|int|float|str|bool)",
              "builtins\\.(object|range|slice)",
              "numpy\\.(dtype|ndarray|dtypes\\.\\w+|(bool|float|int|uint|complex|str)[\\d_]*)",
              "numpy\\.core\\.(multiarray\\.(scalar|_reconstruct)|numeric\\._frombuffer)",
              "torch\\.(Size|device|Tensor|memory_format|strided|bool)",
              "torch\\.(contiguous|channels_last|channels_last_3d|preserve)_format",
              "torch\\.(b?float|u?int|complex|qu?int|bits)\\d+[a-z0-9_]*",
              "torch\\.per_(tensor|channel)_[a-z_]+",
              "torch\\.serialization\\._get_layout"));

  /** Modules that no checkpoint needs and attacks use. */
  private static final Set<String> REFUSED_MODULES =
      Set.of(
          "builtins",
          "os",
          "posix",
          "nt",
          "sys",
          "subprocess",
          "shutil",
          "importlib",
          "runpy",
          "pty",
          "ctypes",
          "socket",
          "pickle",
          "marshal",
          "code",
          "commands",
          "webbrowser");

  private static final Map<String, Global> ALLOWED = allowed();

  private PickleGlobals() {}

  private static Map<String, Global> allowed() {
    Map<String, Global> allowed = new LinkedHashMap<>();
    allowed.put("collections.OrderedDict", Function.DICT);
    allowed.put("collections.Counter", Function.DICT);
    allowed.put("builtins.dict", Function.DICT);
    allowed.put("collections.defaultdict", Function.DEFAULT_DICT);
    String utils = "torch._utils._rebuild_";
    allowed.put(utils + "tensor", Function.REBUILD_TENSOR);
    allowed.put(utils + "tensor_v2", Function.REBUILD_TENSOR);
    allowed.put(utils + "tensor_v3", Function.REBUILD_UNTYPED_TENSOR);
    allowed.put(utils + "parameter", Function.WRAPPED_TENSOR);
    allowed.put(utils + "parameter_with_state", Function.WRAPPED_TENSOR);
    allowed.put(utils + "device_tensor_from_cpu_tensor", Function.WRAPPED_TENSOR);
    allowed.put("torch.nn.parameter.Parameter", Function.WRAPPED_TENSOR);
    allowed.put("torch.nn.parameter.Buffer", Function.WRAPPED_TENSOR);
    allowed.put("torch._tensor._rebuild_from_type_v2", Function.REBUILD_FROM_TYPE);
    allowed.put(utils + "sparse_tensor", new Unreadable("sparse", "tensor.to_dense()"));
    allowed.put(utils + "qtensor", new Unreadable("quantised", "tensor.dequantize()"));
    allowed.put(
        utils + "meta_tensor_no_storage", new Unreadable("without values (meta)", "the model's"));
    allowed.put(
        utils + "wrapper_subclass", new Unreadable("of a subclass", "a plain torch.Tensor"));
    allowed.put(
        utils + "device_tensor_from_numpy", new Unreadable("in NumPy's format", "tensor.cpu()"));
    for (ElementType type : ElementType.values()) {
      type.storage()
          .ifPresent(
              name -> allowed.put("torch." + name, new StorageType(name, Optional.of(type))));
    }
    for (String other :
        new String[] {
          "ComplexFloat", "ComplexDouble", "QInt8", "QUInt8", "QInt32", "QUInt4x2", "QUInt2x4"
        }) {
      String name = other + "Storage";
      allowed.put("torch." + name, new StorageType(name, Optional.empty()));
    }
    String untyped = "UntypedStorage";
    allowed.put("torch.storage." + untyped, new StorageType(untyped, Optional.empty()));
    return Map.copyOf(allowed);
  }

  /** The treatment of a name, or nothing if it is refused everywhere. */
  static Optional<Global> of(String module, String name) {
    String present = present(module);
    String whole = present + "." + name;
    Global listed = ALLOWED.get(whole);
    if (listed != null) {
      return Optional.of(listed);
    }
    if (WITHOUT_USE.matcher(whole).matches()) {
      return Optional.of(new Placeholder(whole));
    }
    boolean refused = REFUSED_MODULES.contains(whole.substring(0, whole.indexOf('.')));
    return refused ? Optional.empty() : Optional.of(new Unlisted(whole));
  }

  /** Modules have changed their names, and torch.save writes the old ones of Python's. */
  private static String present(String module) {
    if (module.equals("__builtin__")) {
      return "builtins";
    }
    return module.startsWith("numpy._core.")
        ? module.replaceFirst("numpy\\._core", "numpy.core")
        : module;
  }
}
