package io.spikeformer.tasks.detection;

import io.spikeformer.model.Outputs;
import io.spikeformer.model.box.Boxes;
import io.spikeformer.model.box.Overlap;
import io.spikeformer.model.box.YoloLevel;
import io.spikeformer.model.config.YoloHeadSpec;
import io.spikeformer.model.kernel.Tensor;
import io.spikeformer.tasks.YoloWeights;
import io.spikeformer.tasks.detection.YoloMatching.Match;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * YOLOv5's loss of the answers of a one-stage detector. With L the levels that have matches, M
 * those of a level and A all its answers:
 *
 * <pre>
 * box        = sum over L of mean over M of (1 - CIoU)
 * objectness = sum over levels of weight * mean over A of BCE(objectness, CIoU of the match or 0)
 * classes    = sum over L of mean over M and classes of BCE(class, 0 or 1)
 * loss       = batch * (a box + b objectness + c classes)
 * </pre>
 *
 * <p>The weights a, b and c are a recipe's, see {@link YoloWeights}. Levels weigh 4, 1 and 0.4. The
 * CIoU in the objectness is a constant for the gradient and at least 0; of several matches of an
 * answer the best counts.
 */
final class YoloLoss {
  private static final List<Double> LEVELS = List.of(4.0, 1.0, 0.4);
  private static final int OBJECTNESS_AT = Boxes.CORNERS;

  /**
   * The three losses with their weights.
   *
   * @param hits matches whose class has the largest logit
   * @param of all matches
   */
  record Parts(double box, double objectness, double classes, long hits, long of) {}

  private final List<YoloLevel> levels;
  private final YoloWeights weights;
  private final List<TrainedObjects> images;

  /** A loss for the images of a batch. */
  YoloLoss(YoloHeadSpec spec, YoloWeights weights, List<TrainedObjects> images) {
    this.weights = weights;
    this.levels = YoloLevel.of(spec);
    this.images = List.copyOf(images);
  }

  /** The losses; the gradients of the answers, zeros at first, receive those of their sum. */
  Parts of(Outputs outputs) {
    double box = 0;
    double objectness = 0;
    double classes = 0;
    long hits = 0;
    long of = 0;
    for (int i = 0; i < levels.size(); i++) {
      String name = YoloHeadSpec.answers(i);
      OfLevel level =
          new OfLevel(levels.get(i), LEVELS.get(i), outputs.value(name), outputs.gradient(name));
      level.compute();
      box += level.box;
      objectness += level.objectness;
      classes += level.classes;
      hits += level.hits;
      of += level.matches;
    }
    int batch = images.size();
    return new Parts(
        batch * weights.box() * box,
        batch * weights.objectness() * objectness,
        batch * weights.classes() * classes,
        hits,
        of);
  }

  /** The losses of a level. */
  private final class OfLevel {
    private final YoloLevel level;
    private final double weight;
    private final Tensor answers;
    private final Tensor gradient;
    private final int rows;
    private final int columns;
    private final int length;
    private final long perImage;
    private double box;
    private double objectness;
    private double classes;
    private long hits;
    private int matches;

    OfLevel(YoloLevel level, double weight, Tensor answers, Tensor gradient) {
      this.level = level;
      this.weight = weight;
      this.answers = answers;
      this.gradient = gradient;
      rows = (int) answers.size(1);
      columns = (int) answers.size(2);
      length = answers.channels();
      perImage = answers.elements() / images.size();
    }

    void compute() {
      List<List<Match>> found =
          images.stream()
              .map(image -> YoloMatching.of(level, rows, columns, image.boxes()))
              .toList();
      matches = found.stream().mapToInt(List::size).sum();
      for (int image = 0; image < images.size(); image++) {
        ByteBuffer values = answers.bytes(image * perImage, perImage);
        ByteBuffer slopes = gradient.bytes(image * perImage, perImage);
        float[] wanted = new float[(int) (perImage / length)];
        for (Match match : found.get(image)) {
          int answer = (match.row() * columns + match.column()) * level.anchors() + match.anchor();
          double overlap = ofBox(images.get(image), match, values, slopes, answer);
          wanted[answer] = Math.max(wanted[answer], (float) overlap);
          ofClasses(images.get(image).labels()[match.object()], values, slopes, answer * length);
        }
        ofObjectness(values, slopes, wanted);
      }
    }

    private double ofBox(
        TrainedObjects objects, Match match, ByteBuffer values, ByteBuffer slopes, int answer) {
      float[] numbers = new float[Boxes.CORNERS];
      for (int k = 0; k < numbers.length; k++) {
        numbers[k] = at(values, answer * length + k);
      }
      Boxes own = new Boxes(level.box(match.anchor(), numbers));
      float[] corners = new float[Boxes.CORNERS];
      for (int k = 0; k < corners.length; k++) {
        int cell = k % 2 == 0 ? match.column() : match.row();
        float corner = objects.boxes().corners()[Boxes.CORNERS * match.object() + k];
        corners[k] = corner / level.stride() - cell;
      }
      double[] slope = new double[Boxes.CORNERS];
      double overlap = Overlap.CIOU.of(own, 0, new Boxes(corners), 0, slope);
      box += (1 - overlap) / matches;
      double factor = -images.size() * weights.box() / matches;
      double[] dNumbers = level.slopes(match.anchor(), numbers, slope);
      for (int k = 0; k < numbers.length; k++) {
        add(slopes, answer * length + k, factor * dNumbers[k]);
      }
      return overlap;
    }

    private void ofClasses(int label, ByteBuffer values, ByteBuffer slopes, int from) {
      int count = length - YoloHeadSpec.NUMBERS;
      double share = 1.0 / count / matches;
      int best = 0;
      for (int c = 0; c < count; c++) {
        int at = from + YoloHeadSpec.NUMBERS + c;
        float target = c == label ? 1 : 0;
        classes += share * Losses.binaryCrossEntropy(at(values, at), target);
        double slope = Losses.binaryCrossEntropySlope(at(values, at), target);
        add(slopes, at, images.size() * weights.classes() * share * slope);
        best = at(values, at) > at(values, from + YoloHeadSpec.NUMBERS + best) ? c : best;
      }
      hits += best == label ? 1 : 0;
    }

    private void ofObjectness(ByteBuffer values, ByteBuffer slopes, float[] wanted) {
      double share = weight / wanted.length / images.size();
      for (int answer = 0; answer < wanted.length; answer++) {
        int at = answer * length + OBJECTNESS_AT;
        float logit = at(values, at);
        objectness += share * Losses.binaryCrossEntropy(logit, wanted[answer]);
        double slope = Losses.binaryCrossEntropySlope(logit, wanted[answer]);
        add(slopes, at, images.size() * weights.objectness() * share * slope);
      }
    }
  }

  private static float at(ByteBuffer values, int index) {
    return values.getFloat(Float.BYTES * index);
  }

  private static void add(ByteBuffer values, int index, double more) {
    values.putFloat(Float.BYTES * index, (float) (at(values, index) + more));
  }
}
