package io.spikeformer.data.detection;

import io.spikeformer.common.Check;
import io.spikeformer.data.geometry.AxisMap;
import io.spikeformer.data.geometry.Geometry;
import io.spikeformer.data.geometry.Rect;
import io.spikeformer.data.image.Box;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Moves a sample's objects along with its pixels.
 *
 * <p>An object that is cut gets the box of what is left, the part of its box that also holds its
 * mask, and its mask's pixels as area. Without a mask it gets the part of its box and the same
 * share of its area. An object vanishes if its box has a side below the smallest one, or if its
 * mask has lost its last pixel. It also vanishes if too little of its box is left, or if that is
 * too long and narrow.
 *
 * @param smallestSide of a box that is kept, in pixels of the result, &gt; 0
 * @param share of a box's area in the plan's part of the source, which more must be left of; 0 to 1
 * @param elongation ratio of the longer to the shorter side that a kept box is below, &gt; 1
 */
public record VisibleObjects(double smallestSide, double share, double elongation) {
  /** YOLOv5's rule: sides above 2 pixels, more than a tenth is left, a ratio below 100. */
  public static final VisibleObjects YOLO = new VisibleObjects(Math.nextUp(2.0), 0.1, 100);

  private static final double ROUNDING = 1e-6;

  /** A smallest side alone. */
  public VisibleObjects(double smallestSide) {
    this(smallestSide, 0, Double.POSITIVE_INFINITY);
  }

  /** Checks the ranges. */
  public VisibleObjects {
    Check.that(
        share >= 0 && share <= 1 && elongation > 1,
        "visible objects: expected a share of 0 to 1 and a ratio above 1, found %s and %s",
        share,
        elongation);
    Check.that(
        smallestSide > 0, "smallest side of a box: expected > 0 pixels, found %s", smallestSide);
  }

  /** The objects that are still visible, in pixels of the result; the others have vanished. */
  public List<DetectedObject> after(Geometry geometry, List<DetectedObject> objects) {
    AxisMap rows = geometry.rows();
    AxisMap columns = geometry.columns();
    List<DetectedObject> visible = new ArrayList<>(objects.size());
    for (DetectedObject object : objects) {
      move(object, geometry, rows, columns).ifPresent(visible::add);
    }
    return visible;
  }

  private Optional<DetectedObject> move(
      DetectedObject object, Geometry geometry, AxisMap rows, AxisMap columns) {
    // boxes are drawn by hand and may overhang the image itself by a fraction of a pixel
    Rect image = new Rect(0, 0, geometry.sourceWidth(), geometry.sourceHeight());
    Rect moved = geometry.apply(object.box().intersection(image));
    Rect box = moved.intersection(geometry.content());
    if (tooSmall(box)) {
      return Optional.empty();
    }
    Optional<Rle> mask = object.mask().map(whole -> whole.resample(rows, columns));
    double area = object.area() * geometry.scaleX() * geometry.scaleY();
    boolean cut =
        moved.width() - box.width() > ROUNDING || moved.height() - box.height() > ROUNDING;
    if (cut && mask.isPresent()) {
      box = box.intersection(mask.get().box());
      area = mask.get().area();
    } else if (cut) {
      area *= box.area() / moved.area();
    }
    if (tooSmall(box) || mask.isPresent() && mask.get().area() == 0) {
      return Optional.empty();
    }
    Rect before = geometry.apply(object.box().intersection(part(geometry)));
    double longer = Math.max(box.width(), box.height());
    if (box.area() <= share * before.area()
        || longer >= elongation * Math.min(box.width(), box.height())) {
      return Optional.empty();
    }
    return Optional.of(
        new DetectedObject(object.id(), object.label(), object.kind(), box, area, mask));
  }

  private static Rect part(Geometry geometry) {
    Box part = geometry.part();
    return new Rect(part.left(), part.top(), part.width(), part.height());
  }

  private boolean tooSmall(Rect box) {
    return box.width() < smallestSide || box.height() < smallestSide;
  }
}
