package io.spikeformer.model.torch;

import io.spikeformer.common.UserException;
import io.spikeformer.model.torch.PickleGlobals.Function;
import io.spikeformer.model.torch.PickleGlobals.Global;
import io.spikeformer.model.torch.PickleGlobals.Placeholder;
import io.spikeformer.model.torch.PickleGlobals.StorageType;
import io.spikeformer.model.torch.PickleGlobals.Unlisted;
import io.spikeformer.model.torch.PickleGlobals.Unreadable;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import net.razorvine.pickle.Opcodes;
import net.razorvine.pickle.PickleException;
import net.razorvine.pickle.PickleUtils;
import net.razorvine.pickle.Unpickler;

/**
 * Reads the pickle of a PyTorch checkpoint into plain values: texts, numbers, lists, tuples (as
 * Object[]), {@link PickledMap} and {@link StoredTensor}.
 *
 * <p>Nothing is executed. The library's way from a name to a Java class is never taken. Every
 * opcode that names, calls or builds something is handled here, by the allow-list of {@link
 * PickleGlobals}. Opcodes that torch.save does not write are refused.
 */
final class PickleReader extends Unpickler {
  // of _rebuild_tensor_v2: storage, offset, size, stride, requires_grad, backward_hooks
  private static final int TENSOR_ARGUMENTS = 6;
  // of _rebuild_tensor_v3: the same, then dtype
  private static final int DTYPE_ARGUMENT = 6;
  // ('storage', type, key, location, number of elements)
  private static final int STORAGE_ID = 5;
  private static final int LONGEST_NUMBER = 64;

  private final Set<String> unlisted = new TreeSet<>();

  private PickleReader() {}

  /** A storage that the pickle refers to and the archive holds. */
  private record Storage(StorageType type, String key, long elements) {}

  /**
   * The content of a pickle.
   *
   * @param root its value
   * @param unlisted the names in it that are not on the list, whose objects were passed over
   */
  record Pickled(Object root, Set<String> unlisted) {}

  /**
   * Reads a pickle.
   *
   * @throws UserException in one line, without the file's name, if it is damaged or refused
   */
  static Pickled read(byte[] pickle) {
    try {
      PickleReader reader = new PickleReader();
      return new Pickled(reader.loads(pickle), reader.unlisted);
    } catch (IOException | PickleException | IndexOutOfBoundsException e) {
      throw damaged(e);
    } catch (ClassCastException | IllegalArgumentException | NullPointerException e) {
      throw damaged(e);
    }
  }

  private static UserException damaged(Exception cause) {
    return new UserException(cause, "expected a whole pickle, found a damaged one");
  }

  @Override
  protected Object dispatch(short opcode) throws IOException {
    switch (opcode) {
      case Opcodes.MARK, Opcodes.STOP, Opcodes.POP, Opcodes.POP_MARK, Opcodes.PROTO -> {
        return super.dispatch(opcode);
      }
      case Opcodes.NONE, Opcodes.NEWTRUE, Opcodes.NEWFALSE -> super.dispatch(opcode);
      case Opcodes.BININT, Opcodes.BININT1, Opcodes.BININT2 -> super.dispatch(opcode);
      case Opcodes.BINFLOAT, Opcodes.FRAME -> super.dispatch(opcode);
      case Opcodes.TUPLE, Opcodes.TUPLE1, Opcodes.TUPLE2, Opcodes.TUPLE3 -> super.dispatch(opcode);
      case Opcodes.EMPTY_TUPLE, Opcodes.EMPTY_LIST -> super.dispatch(opcode);
      case Opcodes.BINPUT, Opcodes.LONG_BINPUT, Opcodes.MEMOIZE -> super.dispatch(opcode);
      case Opcodes.BINGET, Opcodes.LONG_BINGET -> super.dispatch(opcode);
      case Opcodes.LONG1 -> limited(opcode, 1, LONGEST_NUMBER);
      case Opcodes.SHORT_BINSTRING, Opcodes.SHORT_BINUNICODE, Opcodes.SHORT_BINBYTES ->
          limited(opcode, 1, Byte.MAX_VALUE - Byte.MIN_VALUE);
      case Opcodes.BINSTRING, Opcodes.BINUNICODE, Opcodes.BINBYTES ->
          limited(opcode, Integer.BYTES, Integer.MAX_VALUE);
      default -> build(opcode);
    }
    return NO_RETURN_VALUE;
  }

  /** The opcodes that make something out of what lies on the stack. */
  private void build(short opcode) throws IOException {
    switch (opcode) {
      case Opcodes.GLOBAL ->
          stack.add(global(PickleUtils.readline(input), PickleUtils.readline(input)));
      case Opcodes.STACK_GLOBAL -> {
        Object name = stack.pop();
        Object module = stack.pop();
        stack.add(global((String) module, (String) name));
      }
      case Opcodes.REDUCE -> {
        Object[] arguments = (Object[]) stack.pop();
        stack.add(call(stack.pop(), arguments));
      }
      case Opcodes.NEWOBJ -> {
        Object[] arguments = (Object[]) stack.pop();
        stack.add(object(stack.pop(), arguments));
      }
      case Opcodes.NEWOBJ_EX -> {
        stack.pop();
        Object[] arguments = (Object[]) stack.pop();
        stack.add(object(stack.pop(), arguments));
      }
      case Opcodes.BUILD -> {
        stack.pop();
        requireIgnoredState(stack.peek());
      }
      case Opcodes.BINPERSID -> stack.add(storage(stack.pop()));
      case Opcodes.EMPTY_DICT -> stack.add(new PickledMap());
      case Opcodes.SETITEM -> {
        Object value = stack.pop();
        Object key = stack.pop();
        putAll(Arrays.asList(key, value));
      }
      case Opcodes.SETITEMS -> putAll(stack.pop_all_since_marker());
      case Opcodes.APPEND -> append(Arrays.asList(stack.pop()));
      case Opcodes.APPENDS -> append(stack.pop_all_since_marker());
      case Opcodes.EMPTY_SET -> stack.add(new Placeholder("set"));
      case Opcodes.ADDITEMS -> {
        stack.pop_all_since_marker();
        requireIgnoredState(stack.peek());
      }
      case Opcodes.FROZENSET -> {
        stack.pop_all_since_marker();
        stack.add(new Placeholder("frozenset"));
      }
      case Opcodes.INST ->
          throw refused(PickleUtils.readline(input) + "." + PickleUtils.readline(input), "");
      default ->
          throw new UserException(
              "expected what torch.save writes, found pickle opcode %#04x", opcode);
    }
  }

  /** Lets the library read a text or a number whose length it would trust. */
  private void limited(short opcode, int lengthBytes, long longest) throws IOException {
    ByteArrayInputStream bytes = (ByteArrayInputStream) input;
    bytes.mark(0);
    byte[] prefix = new byte[Integer.BYTES];
    int read = bytes.readNBytes(prefix, 0, lengthBytes);
    int left = bytes.available();
    bytes.reset();
    int length = ByteBuffer.wrap(prefix).order(ByteOrder.LITTLE_ENDIAN).getInt();
    if (read < lengthBytes || length < 0 || length > Math.min(left, longest)) {
      throw new UserException(
          "expected a pickle with at most %s more bytes, found a value of %s", left, length);
    }
    super.dispatch(opcode);
  }

  private Global global(String module, String name) {
    Global global =
        PickleGlobals.of(module, name).orElseThrow(() -> refused(module + "." + name, ""));
    if (global instanceof Unlisted other) {
      unlisted.add(printable(other.name()));
    }
    return global;
  }

  private static UserException refused(String name, String advice) {
    return new UserException(
        "expected tensors, containers, numbers and texts, found %s, which is not on the list of"
            + " what may be read; nothing was executed%s",
        printable(name), advice);
  }

  private static String printable(String name) {
    return name.replaceAll("\\p{Cntrl}", "?");
  }

  /** Makes an object of a class without a call: one of an unknown class keeps its name alone. */
  private static Object object(Object type, Object[] arguments) {
    return type instanceof Unlisted ? type : call(type, arguments);
  }

  private static Object call(Object function, Object[] arguments) {
    if (function instanceof Placeholder placeholder) {
      return placeholder;
    }
    if (function instanceof Unreadable unreadable) {
      return new UnreadableTensor(unreadable.kind(), unreadable.remedy());
    }
    if (function instanceof Unlisted other) {
      throw refused(
          "a call of " + other.name(),
          "; if you trust the file, save its weights alone: torch.save(model.state_dict(), FILE)");
    }
    if (!(function instanceof Function known)) {
      throw new UserException("expected a call of what makes tensors, found another");
    }
    return switch (known) {
      case DICT -> dict(arguments);
      case DEFAULT_DICT -> new PickledMap();
      case REBUILD_TENSOR -> tensor(arguments);
      case REBUILD_UNTYPED_TENSOR ->
          new UnreadableTensor(
              "of " + ((Placeholder) arguments[DTYPE_ARGUMENT]).name(), "tensor.float()");
      case WRAPPED_TENSOR -> wrapped(arguments[0]);
      case REBUILD_FROM_TYPE -> call(arguments[0], (Object[]) arguments[2]);
    };
  }

  private static Object wrapped(Object tensor) {
    if (tensor instanceof StoredTensor || tensor instanceof UnreadableTensor) {
      return tensor;
    }
    throw new UserException("expected a parameter made of a tensor, found another");
  }

  private static PickledMap dict(Object[] arguments) {
    PickledMap map = new PickledMap();
    for (Object argument : arguments) {
      if (argument instanceof PickledMap other) {
        other.entries().forEach(map::put);
        continue;
      }
      for (Object item : (List<?>) argument) {
        Object[] pair = item instanceof List<?> list ? list.toArray() : (Object[]) item;
        map.put(pair[0], pair[1]);
      }
    }
    return map;
  }

  private static Object tensor(Object[] arguments) {
    Storage storage = (Storage) arguments[0];
    if (arguments.length > TENSOR_ARGUMENTS
        && !(arguments[TENSOR_ARGUMENTS] instanceof PickledMap map && map.entries().isEmpty())) {
      return new UnreadableTensor(
          "with conjugate or negative bits", "tensor.resolve_conj().resolve_neg()");
    }
    if (storage.type.type().isEmpty()) {
      return new UnreadableTensor("of " + storage.type.name(), "a floating-point one");
    }
    try {
      return new StoredTensor(
          storage.type.type().orElseThrow(),
          numbers(arguments[2]),
          numbers(arguments[3]),
          ((Number) arguments[1]).longValue(),
          storage.key,
          storage.elements);
    } catch (IllegalArgumentException e) {
      throw new UserException(e, "expected a tensor with %s", e.getMessage());
    }
  }

  private static List<Long> numbers(Object tuple) {
    List<Long> numbers = new ArrayList<>();
    for (Object number : (Object[]) tuple) {
      numbers.add(((Number) number).longValue());
    }
    return numbers;
  }

  private static Storage storage(Object id) {
    Object[] parts = (Object[]) id;
    if (parts.length != STORAGE_ID || !"storage".equals(parts[0])) {
      throw new UserException("expected references to storages, found another reference");
    }
    StorageType type = (StorageType) parts[1];
    return new Storage(type, (String) parts[2], ((Number) parts[4]).longValue());
  }

  private void append(List<Object> items) {
    Object target = stack.peek();
    if (isWithoutUse(target)) {
      return;
    }
    @SuppressWarnings("unchecked") // the only lists here are those of EMPTY_LIST
    List<Object> list = (List<Object>) target;
    list.addAll(items);
  }

  /** Keys and values in turn, into the dict on the stack. */
  private void putAll(List<Object> items) {
    Object target = stack.peek();
    if (isWithoutUse(target)) {
      return;
    }
    PickledMap map = (PickledMap) target;
    for (int i = 0; i < items.size(); i += 2) {
      map.put(items.get(i), items.get(i + 1));
    }
  }

  /** Attributes of a dict (the versions of PyTorch's layers) and of what is of no use. */
  private static void requireIgnoredState(Object target) {
    boolean ignored =
        isWithoutUse(target) || target instanceof UnreadableTensor || target instanceof PickledMap;
    if (!ignored) {
      throw new UserException("expected plain values, found one with a state of its own");
    }
  }

  private static boolean isWithoutUse(Object value) {
    return value instanceof Placeholder || value instanceof Unlisted;
  }
}
