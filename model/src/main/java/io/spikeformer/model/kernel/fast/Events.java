package io.spikeformer.model.kernel.fast;

import io.spikeformer.model.kernel.Tensor;
import java.nio.ByteBuffer;

/**
 * Finds the spikes in bits: element i of a row-major array is bit i % 8 of byte i / 8. Of integers
 * in planes of bits (see {@link Tensor}) every bit is a spike: an integer n is n spikes.
 */
final class Events {
  // elements that one byte buffer is asked for: a multiple of 8, far below 2 GiB
  private static final long MOST = 1L << 30;

  // a word at a time: byte after byte, the branches at the ends of planes took as long as the sums
  private static final byte[][] CHANNELS = channels();

  private Events() {}

  /** Number of spikes in a tensor of bits. */
  static long count(Tensor spikes) {
    long count = 0;
    for (long from = 0; from < spikes.elements(); from += MOST) {
      long elements = Math.min(MOST, spikes.elements() - from);
      ByteBuffer bits = spikes.bytes(from, elements);
      count += count(bits, bits.limit());
    }
    return count;
  }

  /** Number of set bits in the first so many bytes. */
  static long count(ByteBuffer bits, int bytes) {
    long count = 0;
    int at = 0;
    for (; at + Long.BYTES <= bytes; at += Long.BYTES) {
      count += Long.bitCount(bits.getLong(at));
    }
    for (; at < bytes; at++) {
      count += Integer.bitCount(bits.get(at) & 0xff);
    }
    return count;
  }

  /** Up to 64 bits from the beginning of a byte, the first one lowest; bits beyond are 0. */
  static long word(ByteBuffer bits, int at, int count) {
    if (at + Long.BYTES <= bits.limit()) {
      long word = bits.getLong(at);
      return count >= Long.SIZE ? word : word & ((1L << count) - 1);
    }
    long word = 0;
    for (int i = 0; 8 * i < count; i++) {
      word |= (bits.get(at + i) & 0xffL) << (8 * i);
    }
    return count >= Long.SIZE ? word : word & ((1L << count) - 1);
  }

  /**
   * Lists the spikes of some channels of pixels: pixel p has those from starts[at + p] to starts[at
   * + p + 1].
   *
   * @param form a tensor with the planes and the channels of the pixels
   * @param from first channel to list, a multiple of 8
   * @param to behind the last channel to list
   * @param pixels number of pixels
   * @param events receives channel - from
   * @param found where in events to begin
   * @return behind the last event
   */
  static int list(
      ByteBuffer bits,
      Tensor form,
      int from,
      int to,
      int pixels,
      int[] starts,
      int at,
      int[] events,
      int found) {
    int planes = form.planes();
    int channels = form.channels();
    int next = found;
    for (int pixel = 0; pixel < pixels; pixel++) {
      starts[at + pixel] = next;
      if (planes > 1) {
        int begin = (pixel * channels + from) / Byte.SIZE * planes;
        next = list(bits, planes, begin, to - from, events, next);
        continue;
      }
      int begin = pixel * (channels / Byte.SIZE);
      for (int c = from; c < to; c += Long.SIZE) {
        long word = word(bits, begin + c / Byte.SIZE, to - c);
        while (word != 0) {
          events[next++] = c - from + Long.numberOfTrailingZeros(word);
          word &= word - 1;
        }
      }
    }
    starts[at + pixels] = next;
    return next;
  }

  /**
   * Lists the spikes of neighbouring channels, as often as their integers say.
   *
   * @param planes 1 to 8
   * @param begin byte of the first channel
   * @param count channels, a multiple of 8
   * @param events receives channels, counted from the first
   * @param found where in events to begin
   * @return behind the last event
   */
  static int list(ByteBuffer bits, int planes, int begin, int count, int[] events, int found) {
    byte[] channels = CHANNELS[planes];
    int groups = Long.BYTES / planes;
    int bytes = groups * planes;
    int end = begin + count / Byte.SIZE * planes;
    int next = found;
    int first = 0;
    for (int at = begin; at < end; at += bytes) {
      long word = word(bits, at, Byte.SIZE * Math.min(bytes, end - at));
      while (word != 0) {
        events[next++] = first + channels[Long.numberOfTrailingZeros(word)];
        word &= word - 1;
      }
      first += groups * Byte.SIZE;
    }
    return next;
  }

  /** The channel of every bit in a word of whole groups of 8 channels, by number of planes. */
  private static byte[][] channels() {
    byte[][] channels = new byte[Long.BYTES + 1][Long.SIZE];
    for (int planes = 1; planes < channels.length; planes++) {
      for (int bit = 0; bit < Long.SIZE; bit++) {
        int group = bit / Byte.SIZE / planes;
        channels[planes][bit] = (byte) (group * Byte.SIZE + bit % Byte.SIZE);
      }
    }
    return channels;
  }
}
