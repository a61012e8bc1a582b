package io.spikeformer.data.batch;

import io.spikeformer.data.detection.DetectedObject;
import io.spikeformer.data.detection.VisibleObjects;
import io.spikeformer.data.geometry.Geometry;
import io.spikeformer.data.geometry.Mosaic;
import io.spikeformer.data.geometry.Size;
import io.spikeformer.data.image.Interpolation;
import io.spikeformer.data.image.RgbImage;
import io.spikeformer.data.order.SampleRef;
import io.spikeformer.data.order.SeededRandom;
import io.spikeformer.data.sample.Sample;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts samples together to mosaics: image and objects.
 *
 * <p>The other three images come from the sample's own shard, each drawn uniformly by the sample's
 * seed. So a mosaic depends on neither workers, shuffle group nor resume, and no other shard is
 * read. Conversion spreads samples over shards by a hash, so a shard is a random part of a split.
 */
final class MosaicPainter {
  /** A stream of draws apart from those of {@link ImageTransform}. */
  private static final int STREAM = 4;

  private final ShardCache cache;
  private final Mosaic mosaic;
  private final int colour;

  /**
   * A sample made of samples.
   *
   * @param content the square
   * @param truth the objects in it
   */
  record Painted(DecodedContent content, SampleTruth truth) {}

  MosaicPainter(ShardCache cache, Mosaic mosaic, int colour) {
    this.cache = cache;
    this.mosaic = mosaic;
    this.colour = colour;
  }

  /**
   * The mosaic that begins with a sample.
   *
   * @param place of the sample
   * @param seed of the sample's draws
   */
  Painted paint(SampleRef place, long seed) {
    SeededRandom random = new SeededRandom(SeededRandom.mix(seed, STREAM));
    List<SampleRef> places = new ArrayList<>(List.of(place));
    int rows = cache.shards().manifest().shards().get(place.shard()).rows();
    int images = mosaic.images(random);
    while (places.size() < images) {
      places.add(new SampleRef(place.shard(), random.nextInt(rows)));
    }
    List<Size> sizes = places.stream().map(this::size).toList();
    List<Geometry> plans = mosaic.draw(sizes, random);
    RgbImage square = null;
    List<DetectedObject> objects = new ArrayList<>();
    for (int i = 0; i < images; i++) {
      RgbImage image = image(places.get(i));
      Geometry plan = plans.get(i);
      square = square == null ? plan.blank(colour) : square;
      if (plan.content().area() > 0) {
        plan.place(plan.scale(image, Interpolation.BILINEAR), square);
        List<DetectedObject> own = new SampleTruth(cache.sample(places.get(i))).objects();
        objects.addAll(VisibleObjects.YOLO.after(plan, own));
      }
    }
    return new Painted(
        new DecodedContent.Pixels(square), SampleTruth.moved(cache.sample(place), objects));
  }

  private Size size(SampleRef place) {
    Sample sample = cache.sample(place);
    return new Size(sample.content().height(), sample.content().width());
  }

  /** Of the size that the sample states: that of objects was checked when it was decoded. */
  private RgbImage image(SampleRef place) {
    return ((DecodedContent.Pixels) cache.content(place)).image();
  }
}
