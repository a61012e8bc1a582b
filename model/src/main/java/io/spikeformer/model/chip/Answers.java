package io.spikeformer.model.chip;

import io.spikeformer.model.ClassLogits;
import io.spikeformer.model.Outputs;
import io.spikeformer.model.Ranking;
import io.spikeformer.model.box.Boxes;
import io.spikeformer.model.box.DetectingRegions;
import io.spikeformer.model.box.Detections;
import io.spikeformer.model.box.RegionChooser;
import io.spikeformer.model.box.YoloDetections;
import io.spikeformer.model.config.BlockSpec;
import io.spikeformer.model.config.ClassifierHead;
import io.spikeformer.model.config.SemanticFpnHeadSpec;
import io.spikeformer.model.config.YoloHeadSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** What a network answers to a batch, kept to be compared with the answers of another pass. */
sealed interface Answers {
  /** Compares with the answers of another pass to the same batch. */
  Difference from(Answers other);

  /**
   * The answers of a pass.
   *
   * @param chooser chose its regions; null for networks that read none
   */
  static Answers of(Outputs outputs, int images, RegionChooser chooser) {
    if (outputs.head(BlockSpec.Head.class).isPresent()) {
      float[] logits = ClassLogits.mean(outputs);
      return Choices.of(logits, logits.length / images);
    }
    if (outputs.head(SemanticFpnHeadSpec.class).isPresent()) {
      return Choices.of(
          outputs.value(ClassifierHead.LOGITS).toArray(),
          outputs.value(ClassifierHead.LOGITS).channels());
    }
    Optional<YoloHeadSpec> oneStage = outputs.head(YoloHeadSpec.class);
    return new KeptBoxes(
        oneStage.isPresent()
            ? IntStream.range(0, images)
                .mapToObj(
                    image ->
                        YoloDetections.of(
                            YoloDetections.RULE, oneStage.get(), outputs::value, image))
                .toList()
            : ((DetectingRegions) chooser).detections());
  }

  /**
   * The most likely class of every image or pixel.
   *
   * @param best classes
   */
  record Choices(int[] best) implements Answers {
    static Choices of(float[] logits, int classes) {
      int[] best = new int[logits.length / classes];
      Arrays.setAll(best, i -> Ranking.best(logits, i * classes, classes));
      return new Choices(best);
    }

    @Override
    public Difference from(Answers other) {
      int[] others = ((Choices) other).best;
      long differing = IntStream.range(0, best.length).filter(i -> best[i] != others[i]).count();
      return new Difference(best.length, differing);
    }
  }

  /**
   * The boxes that a detector keeps. Two agree if they have one class, each edge within half a
   * pixel, and scores within a hundredth.
   *
   * @param images the boxes of each image
   */
  record KeptBoxes(List<Detections> images) implements Answers {
    private static final float PIXELS = 0.5f;
    private static final float SCORE = 0.01f;

    @Override
    public Difference from(Answers other) {
      long pairs = 0;
      long boxes = 0;
      for (int image = 0; image < images.size(); image++) {
        Detections left = images.get(image);
        Detections right = ((KeptBoxes) other).images.get(image);
        boxes += left.boxes().count() + right.boxes().count();
        pairs += pairs(left, right);
      }
      return new Difference(boxes - pairs, boxes - 2 * pairs);
    }

    private static long pairs(Detections left, Detections right) {
      boolean[] taken = new boolean[right.boxes().count()];
      long pairs = 0;
      for (int i = 0; i < left.boxes().count(); i++) {
        for (int j = 0; j < taken.length; j++) {
          if (!taken[j] && agree(left, i, right, j)) {
            taken[j] = true;
            pairs++;
            break;
          }
        }
      }
      return pairs;
    }

    private static boolean agree(Detections left, int i, Detections right, int j) {
      Boxes a = left.boxes();
      Boxes b = right.boxes();
      return left.labels()[i] == right.labels()[j]
          && Math.abs(left.scores()[i] - right.scores()[j]) <= SCORE
          && Math.abs(a.left(i) - b.left(j)) <= PIXELS
          && Math.abs(a.top(i) - b.top(j)) <= PIXELS
          && Math.abs(a.right(i) - b.right(j)) <= PIXELS
          && Math.abs(a.bottom(i) - b.bottom(j)) <= PIXELS;
    }
  }
}
