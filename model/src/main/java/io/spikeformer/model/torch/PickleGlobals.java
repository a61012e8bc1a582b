package io.spikeformer.model.torch;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The Python names that a checkpoint may refer to. Each stands for something of ours; no name ever
 * leads to code of the file or of Python. Every other name is refused.
 */
final class PickleGlobals {
  /** What becomes of a name when the pickle calls it. */
  sealed interface Global permits Function, StorageType, Placeholder {}

  /** The functions and classes that tensors and their containers are made with. */
  enum Function implements Global {
    ORDERED_DICT,
    REBUILD_TENSOR,
    REBUILD_PARAMETER
  }

  /** The number format of a storage. */
  record StorageType(ElementType type) implements Global {}

  /**
   * Something that training checkpoints carry beside the weights and that is of no use here, such
   * as the command line's arguments. It keeps its name and nothing else.
   */
  record Placeholder(String name) implements Global {}

  private static final List<String> WITHOUT_USE =
      List.of(
          "argparse.Namespace",
          "pathlib.PosixPath",
          "pathlib.WindowsPath",
          "pathlib.PurePosixPath",
          "collections.defaultdict",
          "__builtin__.set",
          "builtins.set",
          "__builtin__.dict",
          "builtins.dict",
          "__builtin__.list",
          "builtins.list",
          "__builtin__.int",
          "builtins.int",
          "__builtin__.float",
          "builtins.float",
          "_codecs.encode",
          "numpy.dtype",
          "numpy.ndarray",
          "numpy.core.multiarray.scalar",
          "numpy.core.multiarray._reconstruct",
          "numpy._core.multiarray.scalar",
          "numpy._core.multiarray._reconstruct",
          "torch.Size",
          "torch.device",
          "torch.float16",
          "torch.bfloat16",
          "torch.float32",
          "torch.float64",
          "torch.int64");

  private static final Map<String, Global> ALLOWED = allowed();

  private PickleGlobals() {}

  private static Map<String, Global> allowed() {
    Map<String, Global> allowed = new LinkedHashMap<>();
    allowed.put("collections.OrderedDict", Function.ORDERED_DICT);
    allowed.put("torch._utils._rebuild_tensor_v2", Function.REBUILD_TENSOR);
    allowed.put("torch._utils._rebuild_parameter", Function.REBUILD_PARAMETER);
    for (ElementType type : ElementType.values()) {
      allowed.put("torch." + type.storage(), new StorageType(type));
    }
    WITHOUT_USE.forEach(name -> allowed.put(name, new Placeholder(name)));
    return Map.copyOf(allowed);
  }

  /** What stands for a name, or nothing if it is refused. */
  static Optional<Global> of(String module, String name) {
    return Optional.ofNullable(ALLOWED.get(module + "." + name));
  }
}
