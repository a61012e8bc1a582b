package io.spikeformer.tasks.detection;

import io.spikeformer.common.UserException;
import io.spikeformer.data.batch.Batch;
import io.spikeformer.data.detection.Detection;
import io.spikeformer.data.detection.IouType;
import io.spikeformer.data.detection.Rle;
import io.spikeformer.data.geometry.Geometry;
import io.spikeformer.data.geometry.Rect;
import io.spikeformer.model.Outputs;
import io.spikeformer.model.box.Boxes;
import io.spikeformer.model.box.DetectingRegions;
import io.spikeformer.model.box.Detections;
import io.spikeformer.model.box.Proposals;
import io.spikeformer.model.box.YoloDetections;
import io.spikeformer.model.config.MaskRcnnHeadSpec;
import io.spikeformer.model.config.YoloHeadSpec;
import io.spikeformer.model.kernel.Tensor;
import io.spikeformer.tasks.Answerer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A detector's answer to a batch, in pixels of the stored images: boxes go the way back of their
 * images and are clipped, masks are pasted at the stored size, as mmdetection does it.
 *
 * @param plans where each image's pixels went
 * @param outputs as {@link #ask} gave them
 */
public record DetectorAnswer(List<Geometry> plans, Outputs outputs) {
  /**
   * Asks a model about a batch; a detector of one stage chooses no regions.
   *
   * @return its outputs, which hold until its next answer
   */
  public static Outputs ask(Batch batch, Answerer model) {
    List<DetectingRegions.Size> sizes =
        batch.sizes().stream()
            .map(size -> new DetectingRegions.Size(size.height(), size.width()))
            .toList();
    DetectingRegions regions =
        new DetectingRegions(Proposals.Rule.EVALUATION, Detections.Rule.MASK_RCNN, sizes);
    return model.of(batch, regions).chosenBy(regions);
  }

  /**
   * What was found in each image.
   *
   * @throws UserException if the model saw a part of an image alone
   */
  public List<FoundObjects> found(List<String> keys) {
    for (int i = 0; i < plans.size(); i++) {
      requireWhole(keys.get(i), plans.get(i));
    }
    Optional<YoloHeadSpec> oneStage = outputs.head(YoloHeadSpec.class);
    if (oneStage.isPresent()) {
      return IntStream.range(0, plans.size()).mapToObj(i -> found(oneStage.get(), i)).toList();
    }
    DetectingRegions regions = (DetectingRegions) outputs.chooser().orElseThrow();
    List<FoundObjects> found = new ArrayList<>();
    int first = 0;
    for (int i = 0; i < plans.size(); i++) {
      Detections detections = regions.detections().get(i);
      found.add(found(plans.get(i), detections, first, regions.proposals().get(i).count()));
      first += detections.boxes().count();
    }
    return found;
  }

  /** The detections of one image, by a head of one stage. */
  private FoundObjects found(YoloHeadSpec spec, int image) {
    Detections detections = YoloDetections.of(YoloDetections.RULE, spec, outputs::value, image);
    int[] finite = finite(detections.boxes());
    List<Rect> places = places(plans.get(image), detections.boxes().select(finite));
    List<Detection> found = new ArrayList<>();
    for (int i = 0; i < finite.length; i++) {
      found.add(
          new Detection(
              detections.labels()[finite[i]],
              detections.scores()[finite[i]],
              Optional.of(places.get(i)),
              Optional.empty()));
    }
    return new FoundObjects(found, List.of(IouType.BOX), 0, 0);
  }

  private static void requireWhole(String key, Geometry plan) {
    if (!plan.showsAll()) {
      throw new UserException(
          "sample %s: expected the whole image for detections, found a part of its %s x %s pixels;"
              + " set data.evaluation.crop=fit",
          key, plan.sourceHeight(), plan.sourceWidth());
    }
  }

  /**
   * The detections of one image.
   *
   * @param first index of its first mask
   * @param proposals regions that the box head has computed
   */
  private FoundObjects found(Geometry plan, Detections detections, int first, int proposals) {
    int[] finite = finite(detections.boxes());
    List<Rect> places = places(plan, detections.boxes().select(finite));
    Boxes boxes = boxes(places);
    MaskPasting pasting = new MaskPasting(plan.sourceHeight(), plan.sourceWidth());
    List<Detection> found = new ArrayList<>();
    for (int i = 0; i < finite.length; i++) {
      int label = detections.labels()[finite[i]];
      float[] cells = cells(first + finite[i], label);
      Rle mask = pasting.mask(cells, MaskTargets.SIDE, boxes.select(new int[] {i}), 0);
      found.add(
          new Detection(
              label,
              detections.scores()[finite[i]],
              Optional.of(places.get(i)),
              Optional.of(mask)));
    }
    return new FoundObjects(
        found, List.of(IouType.values()), proposals, detections.boxes().count());
  }

  /** The boxes that are some: a network that has diverged gives others. */
  private static int[] finite(Boxes boxes) {
    return IntStream.range(0, boxes.count()).filter(i -> isFinite(boxes, i)).toArray();
  }

  private static boolean isFinite(Boxes boxes, int box) {
    return Float.isFinite(boxes.left(box) + boxes.width(box) + boxes.top(box) + boxes.height(box));
  }

  private static List<Rect> places(Geometry plan, Boxes boxes) {
    Rect image = new Rect(0, 0, plan.sourceWidth(), plan.sourceHeight());
    return IntStream.range(0, boxes.count())
        .mapToObj(i -> Rect.between(boxes.left(i), boxes.top(i), boxes.right(i), boxes.bottom(i)))
        .map(box -> plan.toSource(box).intersection(image))
        .toList();
  }

  private static Boxes boxes(List<Rect> places) {
    float[] corners = new float[Boxes.CORNERS * places.size()];
    for (int i = 0; i < places.size(); i++) {
      Rect place = places.get(i);
      corners[Boxes.CORNERS * i] = (float) place.x();
      corners[Boxes.CORNERS * i + 1] = (float) place.y();
      corners[Boxes.CORNERS * i + 2] = (float) place.right();
      corners[Boxes.CORNERS * i + 3] = (float) place.bottom();
    }
    return new Boxes(corners);
  }

  /** Probabilities of a detection's mask: [28, 28]. */
  private float[] cells(int mask, int label) {
    Tensor logits = outputs.value(MaskRcnnHeadSpec.MASK_LOGITS);
    int classes = logits.channels();
    float[] cells = new float[MaskTargets.SIDE * MaskTargets.SIDE];
    float[] all =
        logits.slice((long) mask * cells.length * classes, cells.length * classes).toArray();
    for (int pixel = 0; pixel < cells.length; pixel++) {
      cells[pixel] = (float) (1 / (1 + Math.exp(-all[pixel * classes + label])));
    }
    return cells;
  }
}
