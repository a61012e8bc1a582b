package io.spikeformer.data.npy;

import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Locale;

/**
 * An open .npy file of numbers in C order, whose values are read by range: the file may be larger
 * than the memory.
 */
public final class NpyInput implements Closeable {
  private static final int MAX_DIMENSIONS = 32;
  private static final int CHUNK = 1 << 16;

  private final Path path;
  private final FileChannel channel;
  private NpyType type;
  private int[] shape;
  private long begin;

  private NpyInput(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /**
   * Opens a file and reads its header.
   *
   * @throws UserException in one line if it is missing, damaged, or not of numbers in C order
   */
  public static NpyInput open(Path path) {
    try {
      NpyInput input = new NpyInput(path, FileChannel.open(path, StandardOpenOption.READ));
      try {
        input.readHeader();
        return input;
      } catch (IOException | RuntimeException failure) {
        input.close();
        throw failure;
      }
    } catch (NoSuchFileException e) {
      throw new UserException(e, "%s: there is no such file", path);
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  private static UserException unreadable(Path path, IOException e) {
    return new UserException(e, "%s: cannot be read: %s", path, e.getMessage());
  }

  private void readHeader() throws IOException {
    NpyHeader header = NpyHeader.read(new HeaderSource());
    String description = header.descr().replace("'", "");
    type =
        NpyType.of(description)
            .filter(NpyType::isNumber)
            .orElseThrow(() -> otherNumbers(description));
    if (header.fortranOrder()) {
      throw failed(
          "expected C order, found Fortran order: "
              + saved("c-order", "numpy.ascontiguousarray(%s)"));
    }
    shape = header.shape().stream().mapToInt(this::size).toArray();
    begin = channel.position();
    requireLength();
  }

  private UserException otherNumbers(String description) {
    return failed(
        Text.format(
            "expected float32, float64, uint8 or other whole numbers, found dtype '%s': %s",
            description,
            description.matches("[<>|=](f2|f16|b1)")
                ? saved("float32", "%s.astype('float32')")
                : "save the pixels as uint8 or, normalised, as float32"));
  }

  private int size(long size) {
    if (size > Integer.MAX_VALUE) {
      throw failed("expected sizes below 2^31, found " + size);
    }
    return (int) size;
  }

  private void requireLength() throws IOException {
    long rest = channel.size() - begin;
    long count = 1;
    for (int size : shape) {
      // a product beyond the file's bytes is wrong, however large
      count = size == 0 ? 0 : count > rest ? count : count * Math.min(size, rest + 1);
    }
    if (shape.length > MAX_DIMENSIONS || count > rest || count * type.bytes() != rest) {
      throw failed(
          "expected the values of shape "
              + Arrays.toString(shape)
              + " as "
              + type
              + ", found "
              + rest
              + " bytes");
    }
  }

  /** How its numbers are stored. */
  public NpyType type() {
    return type;
  }

  /** Sizes of the dimensions, outermost first; not to be changed. */
  public int[] shape() {
    return shape;
  }

  /** Number of values. */
  public long length() {
    return Arrays.stream(shape).asLongStream().reduce(1, (a, b) -> a * b);
  }

  /**
   * Reads values as float32.
   *
   * @param from the first, counted in C order
   * @param out receives them
   * @param at where in out
   * @param count how many
   */
  public void read(long from, float[] out, int at, int count) {
    try {
      channel.position(begin + from * type.bytes());
      for (int done = 0; done < count; done += CHUNK) {
        int part = Math.min(CHUNK, count - done);
        type.readFloats(take(part * type.bytes()), out, at + done, part);
      }
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  /** The bytes of the header, from where the file is read. */
  private final class HeaderSource implements NpySource<UserException> {
    @Override
    public byte[] take(int count) throws IOException {
      return NpyInput.this.take(count).array();
    }

    @Override
    public UserException fault(String what) {
      return failed(what);
    }
  }

  private ByteBuffer take(int bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer) < 0) {
        throw failed("expected more content, found the end of the file");
      }
    }
    return buffer.flip();
  }

  /** An error about this file. */
  public UserException failed(String what) {
    return new UserException("%s: %s", path, what.strip());
  }

  /**
   * Python that saves this array in another form, for messages.
   *
   * @param form ending of the new file's name
   * @param expression makes the new array; %s stands for this one
   */
  public String saved(String form, String expression) {
    String stem = path.toString().replaceFirst("\\.npy$", "");
    return Text.format(
        "numpy.save('%s-%s.npy', %s)",
        stem, form, String.format(Locale.ROOT, expression, "numpy.load('" + path + "')"));
  }

  /** The file, for messages. */
  @Override
  public String toString() {
    return path.toString();
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }
}
