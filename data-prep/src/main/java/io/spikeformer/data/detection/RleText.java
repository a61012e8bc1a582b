package io.spikeformer.data.detection;

import io.spikeformer.common.Text;
import java.util.Arrays;

/**
 * pycocotools' text of run lengths (cocoapi, maskApi.c): each number in groups of 5 bits, lowest
 * first, a sixth bit for "more follows", as characters from '0'. From the fourth number on it is
 * the difference from the number two before, so it can be negative: the highest bit of the last
 * group is its sign.
 */
final class RleText {
  private static final int GROUP_BITS = 5;
  private static final int GROUP = 0x1f;
  private static final int SIGN = 0x10;
  private static final int MORE = 0x20;
  private static final char FIRST = '0';
  private static final int LARGEST = 0x3f;

  /** Groups of a difference of two 32-bit numbers. */
  private static final int MAX_GROUPS = 7;

  /** Numbers before which no difference is taken. */
  private static final int PLAIN = 3;

  private RleText() {}

  static String encode(int[] counts) {
    StringBuilder text = new StringBuilder(2 * counts.length);
    for (int i = 0; i < counts.length; i++) {
      long rest = i < PLAIN ? counts[i] : (long) counts[i] - counts[i - 2];
      boolean more = true;
      while (more) {
        int group = (int) (rest & GROUP);
        rest >>= GROUP_BITS;
        more = (group & SIGN) != 0 ? rest != -1 : rest != 0;
        text.append((char) (FIRST + (more ? group | MORE : group)));
      }
    }
    return text.toString();
  }

  static int[] decode(String text) {
    int[] counts = new int[text.length()];
    int size = 0;
    int position = 0;
    while (position < text.length()) {
      long number = 0;
      int groups = 0;
      int group;
      do {
        if (position == text.length()) {
          throw new InvalidMaskException(
              Text.format(
                  "compressed mask: it ends inside run %d, after %d characters", size, position));
        }
        group = text.charAt(position) - FIRST;
        if (group < 0 || group > LARGEST || groups == MAX_GROUPS) {
          throw new InvalidMaskException(
              Text.format(
                  "compressed mask: expected '0' to 'o' and at most %d characters a run, found"
                      + " '%c' at %d",
                  MAX_GROUPS, text.charAt(position), position));
        }
        number |= (long) (group & GROUP) << (GROUP_BITS * groups);
        position++;
        groups++;
      } while ((group & MORE) != 0);
      if ((group & SIGN) != 0) {
        number |= -1L << (GROUP_BITS * groups);
      }
      long count = size < PLAIN ? number : number + counts[size - 2];
      if (count < 0 || count > Integer.MAX_VALUE) {
        throw new InvalidMaskException(
            Text.format(
                "compressed mask: expected runs of 0 to %d pixels, found %d before character %d",
                Integer.MAX_VALUE, count, position));
      }
      counts[size++] = (int) count;
    }
    return Arrays.copyOf(counts, size);
  }
}
