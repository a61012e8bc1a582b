package io.spikeformer.data.events;

/** Reads what {@link ArithmeticEncoder} wrote; behind the end it reads zeros. */
final class ArithmeticDecoder {
  private final byte[] bytes;
  private int next;
  private int low;
  private int high = -1;
  private int code;

  /** Starts at an index of an array. */
  ArithmeticDecoder(byte[] bytes, int from) {
    this.bytes = bytes;
    this.next = from;
    for (int i = 0; i < Integer.BYTES; i++) {
      code = code << 8 | nextByte();
    }
  }

  /** The next bit, with the probability that it was written with. */
  int decode(int one) {
    int middle = ArithmeticEncoder.split(low, high, one);
    int bit;
    if (Integer.compareUnsigned(code, middle) <= 0) {
      bit = 1;
      high = middle;
    } else {
      bit = 0;
      low = middle + 1;
    }
    while ((low ^ high) >>> 24 == 0) {
      low <<= 8;
      high = high << 8 | 0xff;
      code = code << 8 | nextByte();
    }
    return bit;
  }

  /** Whether exactly the bytes of one code have been read. */
  boolean isAtEnd() {
    return next == bytes.length;
  }

  boolean isPastEnd() {
    return next > bytes.length;
  }

  private int nextByte() {
    int value = next < bytes.length ? bytes[next] & 0xff : 0;
    next++;
    return value;
  }
}
