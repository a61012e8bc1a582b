package io.spikeformer.data.detection;

import io.spikeformer.common.Check;
import io.spikeformer.data.geometry.AxisMap;
import io.spikeformer.data.geometry.Geometry;
import io.spikeformer.data.geometry.Rect;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Moves a sample's objects along with its pixels.
 *
 * <p>An object that is cut gets the box of what is left, the part of its box that also holds its
 * mask, and its mask's pixels as area. Without a mask it gets the part of its box and the same
 * share of its area. An object vanishes if its box has a side below the smallest one, or if its
 * mask has lost its last pixel.
 *
 * @param smallestSide of a box that is kept, in pixels of the result, &gt; 0
 */
public record VisibleObjects(double smallestSide) {
  private static final double ROUNDING = 1e-6;

  /** Checks the range. */
  public VisibleObjects {
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
    return Optional.of(
        new DetectedObject(object.id(), object.label(), object.kind(), box, area, mask));
  }

  private boolean tooSmall(Rect box) {
    return box.width() < smallestSide || box.height() < smallestSide;
  }
}
