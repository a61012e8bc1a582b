package io.spikeformer.model.oracle;

import io.spikeformer.model.Outputs;
import io.spikeformer.model.TrainingLoss;
import io.spikeformer.model.box.AnchorAnswers;
import io.spikeformer.model.box.AnchorGrid;
import io.spikeformer.model.box.BoxCoding;
import io.spikeformer.model.box.Boxes;
import io.spikeformer.model.box.RegionChooser;
import io.spikeformer.model.config.MaskRcnnHeadSpec;
import io.spikeformer.model.kernel.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;

/**
 * The regions and targets of a recorded training step, and its five losses by their definitions,
 * one element after the other.
 */
final class RecordedDetector implements RegionChooser, TrainingLoss {
  private static final int CELLS = 28 * 28;

  private final Map<String, Npz.Array> oracle;
  private final int images;
  private final int classes;
  private final int size;
  private final Map<String, Double> losses = new LinkedHashMap<>();
  private List<AnchorGrid> grids;

  RecordedDetector(Map<String, Npz.Array> oracle, int classes) {
    this.oracle = oracle;
    this.classes = classes;
    this.images = (int) oracle.get("input").shape()[0];
    this.size = (int) oracle.get("input").shape()[2];
  }

  @Override
  public List<Boxes> forBoxes(AnchorAnswers answers) {
    grids = answers.grids();
    return regions(i -> true);
  }

  @Override
  public List<Boxes> forMasks(Tensor logits, Tensor deltas) {
    float[] labels = values("labels");
    return regions(i -> labels[i] < classes);
  }

  private List<Boxes> regions(IntPredicate taken) {
    float[] rois = values("rois");
    List<Boxes> regions = new ArrayList<>();
    for (int image = 0; image < images; image++) {
      List<Float> corners = new ArrayList<>();
      for (int i = 0; i < rois.length / 5; i++) {
        for (int k = 1; k < 5 && rois[5 * i] == image && taken.test(i); k++) {
          corners.add(rois[5 * i + k]);
        }
      }
      float[] array = new float[corners.size()];
      for (int k = 0; k < array.length; k++) {
        array[k] = corners.get(k);
      }
      regions.add(new Boxes(array));
    }
    return regions;
  }

  /** The losses of the last step by name. */
  Map<String, Double> losses() {
    return losses;
  }

  @Override
  public double loss(Outputs outputs) {
    losses.clear();
    ofAnchors(outputs);
    ofRegions(outputs);
    ofMasks(outputs);
    return losses.values().stream().mapToDouble(Double::doubleValue).sum();
  }

  private void ofAnchors(Outputs outputs) {
    float[] logits = outputs.value(MaskRcnnHeadSpec.OBJECTNESS).toArray();
    float[] deltas = outputs.value(MaskRcnnHeadSpec.ANCHOR_DELTAS).toArray();
    float[] dLogits = new float[logits.length];
    float[] dDeltas = new float[deltas.length];
    Boxes anchors = Boxes.concat(grids.stream().map(AnchorGrid::anchors).toList());
    double divisor = 0;
    for (int i = 0; i < images; i++) {
      divisor += Math.max(1, values("rpn_positive/" + i).length);
      divisor += Math.max(1, values("rpn_negative/" + i).length);
    }
    double score = 0;
    double delta = 0;
    for (int i = 0; i < images; i++) {
      int first = i * anchors.count();
      for (float anchor : values("rpn_negative/" + i)) {
        score += binary(logits, first + (int) anchor, 0, divisor, dLogits);
      }
      Boxes objects = new Boxes(oracle.get("target/boxes/" + i).values());
      for (float positive : values("rpn_positive/" + i)) {
        int anchor = (int) positive;
        score += binary(logits, first + anchor, 1, divisor, dLogits);
        float[] wanted = new float[4];
        BoxCoding.PROPOSALS.encode(
            anchors, anchor, objects, object(anchors, anchor, objects), wanted, 0);
        for (int k = 0; k < 4; k++) {
          delta += absolute(deltas, 4 * (first + anchor) + k, wanted[k], divisor, dDeltas);
        }
      }
    }
    outputs.gradient(MaskRcnnHeadSpec.OBJECTNESS).put(dLogits);
    outputs.gradient(MaskRcnnHeadSpec.ANCHOR_DELTAS).put(dDeltas);
    losses.put("rpn_score", score / divisor);
    losses.put("rpn_delta", delta / divisor);
  }

  /** The object of the best overlap; the last one whose own best is this anchor goes before. */
  private int object(Boxes anchors, int anchor, Boxes objects) {
    int best = 0;
    int owner = -1;
    for (int object = 0; object < objects.count(); object++) {
      float overlap = objects.iou(object, anchors, anchor);
      if (overlap > objects.iou(best, anchors, anchor)) {
        best = object;
      }
      float most = 0;
      int index = 0;
      for (AnchorGrid grid : grids) {
        for (boolean inside : grid.inside(size, size)) {
          most = inside ? Math.max(most, objects.iou(object, anchors, index)) : most;
          index++;
        }
      }
      owner = overlap == most && most >= 0.3f ? object : owner;
    }
    return owner >= 0 ? owner : best;
  }

  private void ofRegions(Outputs outputs) {
    float[] labels = values("labels");
    float[] wanted = values("deltas");
    float[] logits = outputs.value(MaskRcnnHeadSpec.CLASS_LOGITS).toArray();
    float[] deltas = outputs.value(MaskRcnnHeadSpec.BOX_DELTAS).toArray();
    float[] dLogits = new float[logits.length];
    float[] dDeltas = new float[deltas.length];
    double score = 0;
    double delta = 0;
    int object = 0;
    for (int r = 0; r < labels.length; r++) {
      int row = r * (classes + 1);
      double sum = 0;
      for (int c = 0; c <= classes; c++) {
        sum += Math.exp(logits[row + c]);
      }
      for (int c = 0; c <= classes; c++) {
        double share = Math.exp(logits[row + c]) / sum;
        dLogits[row + c] = (float) ((share - (c == labels[r] ? 1 : 0)) / labels.length);
      }
      int label = (int) labels[r];
      score += Math.log(sum) - logits[row + label];
      for (int k = 0; k < 4 && label < classes; k++) {
        int at = 4 * (r * classes + label) + k;
        delta += absolute(deltas, at, wanted[4 * object + k], labels.length, dDeltas);
      }
      object += label < classes ? 1 : 0;
    }
    outputs.gradient(MaskRcnnHeadSpec.CLASS_LOGITS).put(dLogits);
    outputs.gradient(MaskRcnnHeadSpec.BOX_DELTAS).put(dDeltas);
    losses.put("box_score", score / labels.length);
    losses.put("box_delta", delta / labels.length);
  }

  private void ofMasks(Outputs outputs) {
    float[] cells = values("mask_targets");
    float[] labels = values("labels");
    float[] logits = outputs.value(MaskRcnnHeadSpec.MASK_LOGITS).toArray();
    float[] dLogits = new float[logits.length];
    double loss = 0;
    int object = 0;
    for (float label : labels) {
      for (int i = object * CELLS; label < classes && i < (object + 1) * CELLS; i++) {
        loss += binary(logits, i * classes + (int) label, cells[i], cells.length, dLogits);
      }
      object += label < classes ? 1 : 0;
    }
    outputs.gradient(MaskRcnnHeadSpec.MASK_LOGITS).put(dLogits);
    losses.put("mask", loss / cells.length);
  }

  private static double binary(
      float[] logits, int at, float target, double divisor, float[] gradient) {
    double z = logits[at];
    gradient[at] = (float) ((1 / (1 + Math.exp(-z)) - target) / divisor);
    return Math.log1p(Math.exp(-Math.abs(z))) + Math.max(z, 0) - target * z;
  }

  private static double absolute(
      float[] values, int at, float wanted, double divisor, float[] gradient) {
    gradient[at] = (float) (Math.signum(values[at] - wanted) / divisor);
    return Math.abs((double) values[at] - wanted);
  }

  private float[] values(String name) {
    return oracle.get("train/" + name).values();
  }
}
