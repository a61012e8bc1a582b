package io.spikeformer.model.box;

import io.spikeformer.model.config.YoloHeadSpec;
import io.spikeformer.model.kernel.Tensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * What a one-stage detector finds, as YOLOv5 chooses it: each answer is a box for every class, at
 * the product of both probabilities. The best that are left by the suppression of each class
 * remain; equal scores keep the order of levels, cells, anchors and classes.
 */
public final class YoloDetections {
  /** YOLOv5's of an evaluation. */
  public static final Detections.Rule RULE = new Detections.Rule(0.001, 0.6, 300);

  // boxes that take part in the suppression at most
  private static final int CONSIDERED = 30_000;
  private static final int OBJECTNESS_AT = Boxes.CORNERS;

  private final Detections.Rule rule;
  private final List<YoloLevel> levels;
  private final List<float[]> boxes = new ArrayList<>();
  private final List<Float> scores = new ArrayList<>();
  private final List<Integer> labels = new ArrayList<>();

  private YoloDetections(Detections.Rule rule, YoloHeadSpec spec) {
    this.rule = rule;
    levels = YoloLevel.of(spec);
  }

  /**
   * The detections of an image of a batch; boxes may reach beyond it.
   *
   * @param answers the head's outputs by name
   */
  public static Detections of(
      Detections.Rule rule, YoloHeadSpec spec, Function<String, Tensor> answers, int image) {
    YoloDetections found = new YoloDetections(rule, spec);
    for (int level = 0; level < found.levels.size(); level++) {
      found.read(found.levels.get(level), answers.apply(YoloHeadSpec.answers(level)), image);
    }
    return found.best();
  }

  private void read(YoloLevel level, Tensor answers, int image) {
    long perImage = answers.elements() / answers.size(0);
    ByteBuffer values = answers.bytes(image * perImage, perImage);
    int columns = (int) answers.size(2);
    int length = answers.channels();
    for (int answer = 0; answer < perImage / length; answer++) {
      int from = answer * length;
      double objectness = YoloLevel.sigmoid(at(values, from + OBJECTNESS_AT));
      float[] box = null;
      for (int c = 0; c < length - YoloHeadSpec.NUMBERS && objectness > rule.score(); c++) {
        double score = objectness * YoloLevel.sigmoid(at(values, from + YoloHeadSpec.NUMBERS + c));
        if (score > rule.score()) {
          box = box == null ? box(level, answer, columns, values, from) : box;
          boxes.add(box);
          scores.add((float) score);
          labels.add(c);
        }
      }
    }
  }

  /** The corners of an answer's box in pixels. */
  private static float[] box(
      YoloLevel level, int answer, int columns, ByteBuffer values, int from) {
    float[] numbers = new float[Boxes.CORNERS];
    for (int k = 0; k < numbers.length; k++) {
      numbers[k] = at(values, from + k);
    }
    float[] box = level.box(answer % level.anchors(), numbers);
    int cell = answer / level.anchors();
    for (int k = 0; k < box.length; k++) {
      box[k] = (box[k] + (k % 2 == 0 ? cell % columns : cell / columns)) * level.stride();
    }
    return box;
  }

  private Detections best() {
    float[] all = new float[scores.size()];
    for (int i = 0; i < all.length; i++) {
      all[i] = scores.get(i);
    }
    int[] order = FallingOrder.of(all);
    int[] considered = Arrays.copyOf(order, Math.min(CONSIDERED, order.length));
    float[] own = new float[considered.length];
    float[] corners = new float[Boxes.CORNERS * own.length];
    int[] groups = new int[own.length];
    for (int i = 0; i < own.length; i++) {
      own[i] = all[considered[i]];
      groups[i] = labels.get(considered[i]);
      System.arraycopy(boxes.get(considered[i]), 0, corners, Boxes.CORNERS * i, Boxes.CORNERS);
    }
    Boxes candidates = new Boxes(corners);
    int[] kept = Nms.keep(candidates, own, groups, rule.threshold());
    int[] best = Arrays.copyOf(kept, Math.min(rule.total(), kept.length));
    float[] bestScores = new float[best.length];
    for (int i = 0; i < best.length; i++) {
      bestScores[i] = own[best[i]];
    }
    return new Detections(
        candidates.select(best), bestScores, Arrays.stream(best).map(i -> groups[i]).toArray());
  }

  private static float at(ByteBuffer values, int index) {
    return values.getFloat(Float.BYTES * index);
  }
}
