package io.spikeformer.data.events;

import io.spikeformer.common.Text;
import io.spikeformer.data.image.ImageCodec;
import io.spikeformer.data.image.ImageHeader;
import io.spikeformer.data.image.InvalidImageException;
import io.spikeformer.data.image.RgbImage;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Turns a folder of pictures of events, the form in which HAR-DVS is released beside its
 * recordings, into frames. Thread-safe.
 *
 * <p>A folder {@code action_001/dvSave-...} holds {@code 00000000.png}, {@code 00000001.png} and so
 * on. The most frequent colour of a picture is its background; every other pixel is one event, ON
 * or OFF by its colour. K pictures become T frames: frame j sums pictures [j * K / T, (j + 1) * K /
 * T).
 */
public final class FrameImageIntegrator {
  private static final int MAX_FILE = 32 << 20;
  private static final int MAX_PICTURES = 1_000_000;

  /** More than the shades that compression makes of two colours and a background. */
  private static final int MAX_COLOURS = 1 << 16;

  private final FrameOptions options;
  private final PolarityColours colours;
  private final ImageCodec codec = new ImageCodec();

  /** An integrator for frames of one kind; {@link FrameOptions#split} has no meaning here. */
  public FrameImageIntegrator(FrameOptions options, PolarityColours colours) {
    this.options = options;
    this.colours = colours;
  }

  /**
   * The frames of a folder.
   *
   * @param folder its name, for messages
   * @param pictures in the order of time, all of one size, at least T
   */
  public EventFrames integrate(String folder, List<FrameImage> pictures)
      throws IOException, InvalidEventsException {
    int frames = options.frames();
    if (pictures.size() < frames || pictures.size() > MAX_PICTURES) {
      throw new InvalidEventsException(
          Text.format(
              "%s: expected %d to %d pictures, found %d",
              folder, frames, MAX_PICTURES, pictures.size()));
    }
    byte[] counts = new byte[EventFrames.size(frames, options.height(), options.width())];
    SensorSize size = null;
    PixelMap pixels = null;
    for (int i = 0; i < pictures.size(); i++) {
      FrameImage picture = pictures.get(i);
      RgbImage image = decode(picture);
      if (size == null) {
        size = new SensorSize(image.height(), image.width());
        pixels = PixelMap.of(picture.name(), size, options);
      } else if (size.height() != image.height() || size.width() != image.width()) {
        throw new InvalidEventsException(
            Text.format(
                "%s: expected %d x %d pixels (height x width) as in the first picture, found %d x"
                    + " %d",
                picture.name(), size.height(), size.width(), image.height(), image.width()));
      }
      // picture i belongs to the last frame j with j * K / T <= i
      int frame = (int) (((i + 1L) * frames - 1) / pictures.size());
      count(picture.name(), image, pixels, counts, frame);
    }
    return new EventFrames(frames, options.height(), options.width(), counts);
  }

  private RgbImage decode(FrameImage picture) throws IOException, InvalidEventsException {
    try (InputStream stream = picture.opener().open()) {
      byte[] bytes = stream.readNBytes(MAX_FILE + 1);
      if (bytes.length > MAX_FILE) {
        throw new InvalidEventsException(
            Text.format(
                "%s: expected a picture of at most %d bytes, found more",
                picture.name(), MAX_FILE));
      }
      ImageHeader header = ImageHeader.check(bytes);
      if (header.height() > SensorSize.MAX_SIDE || header.width() > SensorSize.MAX_SIDE) {
        throw new InvalidImageException("larger than any sensor");
      }
      return codec.decode(bytes);
    } catch (InvalidImageException failure) {
      throw new InvalidEventsException(
          Text.format("%s: expected a picture, found %s", picture.name(), failure.getMessage()));
    }
  }

  private void count(String name, RgbImage image, PixelMap pixels, byte[] counts, int frame)
      throws InvalidEventsException {
    int plane = options.height() * options.width();
    int background = background(name, image);
    byte[] levels = image.pixels();
    for (int y = 0, at = 0; y < image.height(); y++) {
      for (int x = 0; x < image.width(); x++, at += RgbImage.CHANNELS) {
        int colour = colour(levels, at);
        if (colour == background) {
          continue;
        }
        int polarity = colours.polarity(colour);
        if (polarity < 0) {
          throw new InvalidEventsException(
              Text.format(
                  "%s: expected a colour of ON or OFF events at (%d, %d), found %06x",
                  name, x, y, colour));
        }
        int target =
            (frame * EventFrames.POLARITIES + polarity) * plane
                + pixels.rows()[y]
                + pixels.columns()[x];
        int count = counts[target] & 0xff;
        counts[target] = (byte) Math.min(count + 1, options.maxCount());
      }
    }
  }

  private static int background(String name, RgbImage image) throws InvalidEventsException {
    Map<Integer, Integer> frequency = new HashMap<>();
    int best = 0;
    int most = 0;
    byte[] levels = image.pixels();
    for (int at = 0; at < levels.length; at += RgbImage.CHANNELS) {
      int colour = colour(levels, at);
      int count = frequency.merge(colour, 1, Integer::sum);
      if (count > most) {
        most = count;
        best = colour;
      }
      if (frequency.size() > MAX_COLOURS) {
        throw new InvalidEventsException(
            Text.format(
                "%s: expected a picture of events, of at most %d colours, found more",
                name, MAX_COLOURS));
      }
    }
    return best;
  }

  private static int colour(byte[] levels, int at) {
    return (levels[at] & 0xff) << 16 | (levels[at + 1] & 0xff) << 8 | (levels[at + 2] & 0xff);
  }
}
