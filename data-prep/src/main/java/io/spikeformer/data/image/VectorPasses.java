package io.spikeformer.data.image;

import static io.spikeformer.data.image.ResizeTaps.FRACTION_BITS;
import static io.spikeformer.data.image.ResizeTaps.HALF;
import static jdk.incubator.vector.VectorOperators.AND;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The sums of {@link PlainPasses} in vector registers.
 *
 * <p>Columns are summed for as many rows at once as a register has lanes. The rows are first laid
 * beside each other, [columns, 3, lanes], four bytes at a time, so that one weight serves a whole
 * register.
 *
 * <p>No method of this class may be compiled as a part of its caller ({@code conf/jvm.options}):
 * after a few thousand images HotSpot would pull all of it into whatever converts a sample, run out
 * of its budget for inlining in the middle, and compute what is left on objects: more than 4 times
 * slower.
 */
final class VectorPasses implements ResizePasses {
  private static final VectorSpecies<Integer> LEVELS = IntVector.SPECIES_PREFERRED;
  private static final int LANES = LEVELS.length();
  private static final VectorSpecies<Byte> BYTES =
      VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, LANES * Byte.SIZE)));

  private static final VarHandle FOUR_BYTES =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  /** Bytes that are moved at once, packed in an int; the first is its lowest. */
  private static final int PACK = Integer.BYTES;

  /** Packs that are laid beside those of other rows at a time, so that they stay in the cache. */
  private static final int CHUNK = 48;

  /** Whether the processor's registers are as wide as this needs. */
  static boolean supported() {
    return LANES * Byte.SIZE >= 64;
  }

  @Override
  public byte[] columns(RgbImage image, Box box, ResizeTaps taps) {
    int outputs = taps.first().length;
    int inputLength = box.width() * RgbImage.CHANNELS;
    int outputLength = outputs * RgbImage.CHANNELS;
    byte[] target = new byte[box.height() * outputLength];
    int[] packed = new int[Math.max(packs(inputLength), packs(outputLength)) * LANES];
    int[] in = new int[packs(inputLength) * PACK * LANES];
    int[] out = new int[packs(outputLength) * PACK * LANES];
    int stride = image.width() * RgbImage.CHANNELS;
    for (int row = 0; row < box.height(); row += LANES) {
      int rows = Math.min(LANES, box.height() - row);
      int start = (box.top() + row) * stride + box.left() * RgbImage.CHANNELS;
      gather(image.pixels(), start, stride, rows, packed, packs(inputLength));
      unpack(packed, in, packs(inputLength));
      for (int x = 0; x < outputs; x++) {
        sumPixel(in, taps.first()[x], taps.weights()[x], out, x);
      }
      pack(out, packed, packs(outputLength));
      scatter(packed, outputLength, rows, target, row * outputLength);
    }
    return target;
  }

  private static int packs(int length) {
    return (length + PACK - 1) / PACK;
  }

  /** Rows of bytes to [packs, lanes]; the last pack of a row may hold what lies behind it. */
  private static void gather(
      byte[] source, int start, int stride, int rows, int[] packed, int packs) {
    for (int from = 0; from < packs; from += CHUNK) {
      int to = Math.min(packs, from + CHUNK);
      for (int lane = 0; lane < rows; lane++) {
        int row = start + lane * stride;
        int inside = Math.min(to, (source.length - row) / PACK);
        for (int i = from; i < inside; i++) {
          packed[i * LANES + lane] = (int) FOUR_BYTES.get(source, row + i * PACK);
        }
        for (int i = Math.max(from, inside); i < to; i++) {
          packed[i * LANES + lane] = lastBytes(source, row + i * PACK);
        }
      }
    }
  }

  /** The end of the image. */
  private static int lastBytes(byte[] source, int from) {
    int pack = 0;
    for (int i = from; i < source.length; i++) {
      pack |= (source[i] & 0xff) << Byte.SIZE * (i - from);
    }
    return pack;
  }

  /** [packs, lanes] to [packs, 4, lanes]. */
  private static void unpack(int[] packed, int[] in, int packs) {
    for (int i = 0; i < packs; i++) {
      IntVector pack = IntVector.fromArray(LEVELS, packed, i * LANES);
      int to = i * PACK * LANES;
      pack.lanewise(AND, 0xff).intoArray(in, to);
      pack.lanewise(LSHR, 8).lanewise(AND, 0xff).intoArray(in, to + LANES);
      pack.lanewise(LSHR, 16).lanewise(AND, 0xff).intoArray(in, to + 2 * LANES);
      pack.lanewise(LSHR, 24).intoArray(in, to + 3 * LANES);
    }
  }

  private static void sumPixel(int[] in, int first, int[] weights, int[] out, int x) {
    IntVector red = IntVector.broadcast(LEVELS, HALF);
    IntVector green = red;
    IntVector blue = red;
    int from = first * RgbImage.CHANNELS * LANES;
    for (int weight : weights) {
      red = red.add(IntVector.fromArray(LEVELS, in, from).mul(weight));
      green = green.add(IntVector.fromArray(LEVELS, in, from + LANES).mul(weight));
      blue = blue.add(IntVector.fromArray(LEVELS, in, from + 2 * LANES).mul(weight));
      from += RgbImage.CHANNELS * LANES;
    }
    int to = x * RgbImage.CHANNELS * LANES;
    Levels.of(red).intoArray(out, to);
    Levels.of(green).intoArray(out, to + LANES);
    Levels.of(blue).intoArray(out, to + 2 * LANES);
  }

  /** [packs, 4, lanes] to [packs, lanes]. */
  private static void pack(int[] out, int[] packed, int packs) {
    for (int i = 0; i < packs; i++) {
      int from = i * PACK * LANES;
      IntVector.fromArray(LEVELS, out, from)
          .or(IntVector.fromArray(LEVELS, out, from + LANES).lanewise(LSHL, 8))
          .or(IntVector.fromArray(LEVELS, out, from + 2 * LANES).lanewise(LSHL, 16))
          .or(IntVector.fromArray(LEVELS, out, from + 3 * LANES).lanewise(LSHL, 24))
          .intoArray(packed, i * LANES);
    }
  }

  /** [packs, lanes] to rows of bytes. */
  private static void scatter(int[] packed, int length, int rows, byte[] target, int start) {
    int whole = length / PACK;
    for (int from = 0; from < whole; from += CHUNK) {
      int to = Math.min(whole, from + CHUNK);
      for (int lane = 0; lane < rows; lane++) {
        int row = start + lane * length;
        for (int i = from; i < to; i++) {
          FOUR_BYTES.set(target, row + i * PACK, packed[i * LANES + lane]);
        }
      }
    }
    for (int lane = 0; lane < rows; lane++) {
      for (int i = whole * PACK; i < length; i++) {
        target[start + lane * length + i] =
            (byte) (packed[whole * LANES + lane] >>> Byte.SIZE * (i % PACK));
      }
    }
  }

  @Override
  public byte[] rows(byte[] source, int width, ResizeTaps taps) {
    int outputs = taps.first().length;
    int length = width * RgbImage.CHANNELS;
    byte[] target = new byte[outputs * length];
    for (int y = 0; y < outputs; y++) {
      int from = taps.first()[y] * length;
      if (length < LANES) {
        sumShortRow(source, from, taps.weights()[y], length, target, y * length);
      } else {
        sumRow(source, from, taps.weights()[y], length, target, y * length);
      }
    }
    return target;
  }

  /** The last register's part of a row overlaps the one before. */
  private static void sumRow(
      byte[] source, int from, int[] weights, int length, byte[] target, int to) {
    for (int i = 0; i < length; i += LANES) {
      int at = Math.min(i, length - LANES);
      IntVector sum = IntVector.broadcast(LEVELS, HALF);
      int place = from + at;
      for (int weight : weights) {
        IntVector levels =
            (IntVector) ByteVector.fromArray(BYTES, source, place).castShape(LEVELS, 0);
        sum = sum.add(levels.lanewise(AND, 0xff).mul(weight));
        place += length;
      }
      ((ByteVector) Levels.of(sum).castShape(BYTES, 0)).intoArray(target, to + at);
    }
  }

  private static void sumShortRow(
      byte[] source, int from, int[] weights, int length, byte[] target, int to) {
    for (int i = 0; i < length; i++) {
      int sum = HALF;
      for (int t = 0; t < weights.length; t++) {
        sum += weights[t] * (source[from + t * length + i] & 0xff);
      }
      target[to + i] = (byte) Math.max(0, Math.min(255, sum >> FRACTION_BITS));
    }
  }

  /** Small methods that may be compiled into those above. */
  private static final class Levels {
    static IntVector of(IntVector sum) {
      return sum.lanewise(ASHR, FRACTION_BITS).max(0).min(255);
    }
  }
}
