package io.spikeformer.data.events;

import io.spikeformer.common.Text;

/**
 * The colours of events in pictures, as 0xRRGGBB. A pixel has the polarity of the nearer one.
 *
 * @param on colour of ON events
 * @param off colour of OFF events, another one
 */
public record PolarityColours(int on, int off) {
  /** Red for ON, blue for OFF. */
  public static final PolarityColours RED_AND_BLUE = new PolarityColours(0xff0000, 0x0000ff);

  private static final int LARGEST = 0xffffff;

  public PolarityColours {
    if (on < 0 || on > LARGEST || off < 0 || off > LARGEST || on == off) {
      throw new IllegalArgumentException(
          Text.format(
              "polarity colours: expected two different ones up to ffffff, found %x and %x",
              on, off));
    }
  }

  /** 1 for a colour nearer to ON, 0 for one nearer to OFF, -1 if neither is nearer. */
  int polarity(int colour) {
    int toOn = distance(colour, on);
    int toOff = distance(colour, off);
    return toOn == toOff ? -1 : toOn < toOff ? 1 : 0;
  }

  private static int distance(int a, int b) {
    int red = (a >> 16) - (b >> 16);
    int green = (a >> 8 & 0xff) - (b >> 8 & 0xff);
    int blue = (a & 0xff) - (b & 0xff);
    return red * red + green * green + blue * blue;
  }
}
