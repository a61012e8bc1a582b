package io.spikeformer.model.config;

import java.util.List;
import java.util.stream.IntStream;

/**
 * One-stage detector: finds objects with their boxes. Of each level it gives the answers [B, rows,
 * columns, anchors, 5 + classes]: x, y, width, height, objectness and classes, all before the
 * sigmoid.
 *
 * @param reads three maps; the last is as large as the second
 * @param widths channels of the maps
 * @param outputs classes
 * @param firstStride pixels of the image for one of the first map and level
 */
public record YoloHeadSpec(
    String name, List<String> reads, List<Integer> widths, int outputs, int firstStride, Yolo form)
    implements BlockSpec {
  /** Numbers of an answer in front of its classes. */
  public static final int NUMBERS = 5;

  /** The name of a level's answers; levels are counted from 0. */
  public static String answers(int level) {
    return "answers" + level;
  }

  /** Pixels of the image for a cell of each level, from the finest. */
  public List<Integer> strides() {
    return IntStream.range(0, Yolo.LEVELS).mapToObj(level -> firstStride << level).toList();
  }

  @Override
  public int inputs() {
    return widths.get(0);
  }

  @Override
  public BlockKind kind() {
    return BlockKind.HEAD;
  }

  @Override
  public <R> R accept(Visitor<R> visitor) {
    return visitor.yoloHead(this);
  }
}
