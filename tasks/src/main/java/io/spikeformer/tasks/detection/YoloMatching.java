package io.spikeformer.tasks.detection;

import io.spikeformer.model.box.Boxes;
import io.spikeformer.model.box.YoloLevel;
import java.util.ArrayList;
import java.util.List;

/**
 * Which answers of a level have to find which objects, as YOLOv5 has it.
 *
 * <p>An object matches each anchor whose width and height differ from its own by a factor below 4.
 * It does so in the cell of its centre, and in the neighbours on the two sides to which the centre
 * is nearer, if these are inside. An answer may have to find several objects, and none matches in
 * an image without objects.
 *
 * <p>Half a cell is added in float32 and the result cut to whole cells. So a centre on the border
 * of two cells matches its own cell twice, as in YOLOv5.
 */
final class YoloMatching {
  private static final float RATIO = 4;
  private static final float HALF = 0.5f;

  private YoloMatching() {}

  /**
   * One match.
   *
   * @param object index among the objects of the image
   * @param anchor of the level
   * @param row of the cell
   * @param column of the cell
   */
  record Match(int object, int anchor, int row, int column) {}

  /**
   * All matches of the objects of an image, object by object.
   *
   * @param rows of cells
   * @param columns of cells
   * @param objects in pixels, each with an area
   */
  static List<Match> of(YoloLevel level, int rows, int columns, Boxes objects) {
    List<Match> matches = new ArrayList<>();
    for (int object = 0; object < objects.count(); object++) {
      float width = objects.width(object) / level.stride();
      float height = objects.height(object) / level.stride();
      float x = (objects.left(object) + objects.right(object)) / 2 / level.stride();
      float y = (objects.top(object) + objects.bottom(object)) / 2 / level.stride();
      for (int anchor = 0; anchor < level.anchors(); anchor++) {
        if (similar(width, level.widths()[anchor]) && similar(height, level.heights()[anchor])) {
          for (float[] shift : shifts(x, y, rows, columns)) {
            int row = (int) Math.max(0, Math.min(rows - 1, y - shift[1]));
            int column = (int) Math.max(0, Math.min(columns - 1, x - shift[0]));
            matches.add(new Match(object, anchor, row, column));
          }
        }
      }
    }
    return matches;
  }

  private static boolean similar(float size, float anchor) {
    float ratio = size / anchor;
    return Math.max(ratio, 1 / ratio) < RATIO;
  }

  /** None, then towards the neighbours: left, upper, right, lower. */
  private static List<float[]> shifts(float x, float y, int rows, int columns) {
    List<float[]> shifts = new ArrayList<>();
    shifts.add(new float[] {0, 0});
    addIfNear(shifts, x, HALF, 0);
    addIfNear(shifts, y, 0, HALF);
    addIfNear(shifts, columns - x, -HALF, 0);
    addIfNear(shifts, rows - y, 0, -HALF);
    return shifts;
  }

  /** A shift across a border, if the neighbour behind it is the nearer one and inside. */
  private static void addIfNear(List<float[]> shifts, float distance, float x, float y) {
    if (distance % 1 < HALF && distance > 1) {
      shifts.add(new float[] {x, y});
    }
  }
}
