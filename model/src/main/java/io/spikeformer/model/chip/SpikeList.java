package io.spikeformer.model.chip;

import io.spikeformer.model.chip.ChipKernels.Form;
import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Tensor;
import java.nio.ByteBuffer;

/** Which channels of an image have a spike in a slot, pixel by pixel. */
final class SpikeList {
  private final int perPixel;
  // where each pixel's channels begin, and the end
  private final int[] first;
  private final int[] channels;

  /** Of images of so many pixels. */
  SpikeList(int pixels, int perPixel) {
    this.perPixel = perPixel;
    first = new int[pixels + 1];
    channels = new int[pixels * perPixel];
  }

  /**
   * Takes the spikes of a slot, from 0: of all integers above it, or at once of those alone that
   * end with it.
   *
   * @param image integers in planes of bits
   */
  void take(Tensor image, int slot, Form form) {
    int planes = image.planes();
    boolean ending = form == Form.INTEGERS && slot + 1 < planes;
    ByteBuffer memory = image.bytes(0, image.elements());
    int found = 0;
    int at = slot;
    for (int pixel = 0; pixel + 1 < first.length; pixel++) {
      first[pixel] = found;
      for (int channel = 0; channel < perPixel; channel += DataType.PER_BYTE, at += planes) {
        int bits = memory.get(at) & (ending ? ~memory.get(at + 1) : -1) & 0xff;
        while (bits != 0) {
          channels[found++] = channel + Integer.numberOfTrailingZeros(bits);
          bits &= bits - 1;
        }
      }
    }
    first[first.length - 1] = found;
  }

  /** Where a pixel's channels begin. */
  int first(int pixel) {
    return first[pixel];
  }

  /** A channel with a spike. */
  int channel(int place) {
    return channels[place];
  }
}
