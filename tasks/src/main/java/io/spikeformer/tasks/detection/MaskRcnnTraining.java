package io.spikeformer.tasks.detection;

import io.spikeformer.common.Text;
import io.spikeformer.data.batch.Batch;
import io.spikeformer.data.detection.Rle;
import io.spikeformer.data.geometry.Size;
import io.spikeformer.model.Outputs;
import io.spikeformer.model.Ranking;
import io.spikeformer.model.box.AnchorAnswers;
import io.spikeformer.model.box.AnchorGrid;
import io.spikeformer.model.box.Boxes;
import io.spikeformer.model.box.Proposals;
import io.spikeformer.model.box.RegionChooser;
import io.spikeformer.model.config.MaskRcnnHeadSpec;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.model.kernel.Tensor;
import io.spikeformer.tasks.BatchLoss;
import io.spikeformer.tasks.Hits;
import io.spikeformer.tasks.TrainingDraw;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;

/**
 * One training step of Mask R-CNN on one batch (He et al., 2017): in the middle of the pass it
 * chooses the regions that the heads are trained on, after it the losses of all stages.
 *
 * <p>The mask head reads the sampled regions of objects that have a mask.
 */
final class MaskRcnnTraining implements RegionChooser, BatchLoss {
  private final Batch batch;
  private final List<TrainedObjects> objects;
  private final Sampling sampling;
  private final List<AnchorTargets> anchors = new ArrayList<>();
  private final List<RegionTargets> regions = new ArrayList<>();
  private final List<MaskedRegions> masked = new ArrayList<>();

  /** The order of an image's boxes in a stage: those of the lowest ranks are trained on. */
  interface Ranks {
    /** The ranks by index of a box. */
    IntToLongFunction of(String key, BoxSampling.Stage stage);
  }

  /**
   * What is trained on.
   *
   * @param proposals how they are chosen
   * @param anchors of the region proposal network
   * @param regions of the box head
   * @param ranks that decide both samples
   */
  record Sampling(Proposals.Rule proposals, BoxSampling anchors, BoxSampling regions, Ranks ranks) {
    /**
     * Mask R-CNN's, a pure function of seed, epoch, sample and stage.
     *
     * @param regions of an image at most
     */
    static Sampling of(int regions, TrainingDraw draw) {
      return new Sampling(
          Proposals.Rule.TRAINING,
          BoxSampling.ANCHORS,
          new BoxSampling(regions, BoxSampling.PROPOSALS.positiveShare()),
          (key, stage) -> BoxSampling.ranks(draw.seed(), draw.epoch(), key, stage));
    }
  }

  /**
   * The regions of an image that the mask head reads.
   *
   * @param boxes each with an area
   * @param masks of the objects
   * @param objects index of the mask of each region
   * @param labels class of each region
   */
  private record MaskedRegions(Boxes boxes, List<Rle> masks, int[] objects, int[] labels) {
    static MaskedRegions of(RegionTargets targets, TrainedObjects objects) {
      int[] positions = new int[objects.masks().size()];
      List<Rle> masks = new ArrayList<>();
      for (int i = 0; i < positions.length; i++) {
        positions[i] = masks.size();
        objects.masks().get(i).ifPresent(masks::add);
      }
      int[] kept =
          IntStream.range(0, targets.objects().length)
              .filter(i -> objects.masks().get(targets.objects()[i]).isPresent())
              .toArray();
      return new MaskedRegions(
          targets.regions().select(kept),
          masks,
          Arrays.stream(kept).map(i -> positions[targets.objects()[i]]).toArray(),
          Arrays.stream(kept).map(i -> targets.labels()[i]).toArray());
    }
  }

  /**
   * A step.
   *
   * @param batch with {@link ObjectTargets}
   */
  MaskRcnnTraining(Batch batch, Sampling sampling) {
    this.batch = batch;
    this.objects = ObjectTargets.of(batch);
    this.sampling = sampling;
  }

  @Override
  public Optional<RegionChooser> regions() {
    return Optional.of(this);
  }

  @Override
  public List<Boxes> forBoxes(AnchorAnswers answers) {
    if (answers.images() != objects.size()) {
      throw new IllegalArgumentException(
          Text.format(
              "step: expected objects of %s images, found %s", answers.images(), objects.size()));
    }
    anchors.clear();
    regions.clear();
    Boxes all = Boxes.concat(answers.anchors());
    for (int i = 0; i < objects.size(); i++) {
      Size size = batch.sizes().get(i);
      TrainedObjects image = objects.get(i);
      String key = batch.keys().get(i);
      anchors.add(
          AnchorTargets.of(
              all,
              inside(answers.grids(), size),
              image.boxes(),
              sampling.anchors(),
              sampling.ranks().of(key, BoxSampling.Stage.ANCHORS)));
      Proposals proposals =
          Proposals.select(sampling.proposals(), answers.of(i), size.height(), size.width());
      regions.add(
          RegionTargets.of(
              image.boxes(),
              image.labels(),
              proposals.boxes(),
              sampling.regions(),
              sampling.ranks().of(key, BoxSampling.Stage.PROPOSALS)));
    }
    return regions.stream().map(RegionTargets::regions).toList();
  }

  private static boolean[] inside(List<AnchorGrid> grids, Size size) {
    boolean[] inside = new boolean[grids.stream().mapToInt(AnchorGrid::count).sum()];
    int from = 0;
    for (AnchorGrid grid : grids) {
      boolean[] own = grid.inside(size.height(), size.width());
      System.arraycopy(own, 0, inside, from, own.length);
      from += own.length;
    }
    return inside;
  }

  @Override
  public List<Boxes> forMasks(Tensor logits, Tensor deltas) {
    int classes = logits.channels() - 1;
    masked.clear();
    for (int i = 0; i < objects.size(); i++) {
      objects.get(i).requireClasses(batch.keys().get(i), classes);
      masked.add(MaskedRegions.of(regions.get(i), objects.get(i)));
    }
    return masked.stream().map(MaskedRegions::boxes).toList();
  }

  @Override
  public Judgement of(Outputs outputs, Kernels kernels) {
    Map<String, Double> parts = new LinkedHashMap<>();
    DetectionLosses.Stage ofAnchors = ofAnchors(outputs);
    parts.put("rpnScore", ofAnchors.score());
    parts.put("rpnDelta", ofAnchors.delta());
    Tensor logits = outputs.value(MaskRcnnHeadSpec.CLASS_LOGITS);
    float[] classLogits = logits.toArray();
    DetectionLosses.Stage ofRegions = ofRegions(outputs, classLogits);
    parts.put("boxScore", ofRegions.score());
    parts.put("boxDelta", ofRegions.delta());
    parts.put("mask", ofMasks(outputs, kernels));
    double loss = parts.values().stream().mapToDouble(Double::doubleValue).sum();
    return new Judgement(loss, hits(classLogits, logits.channels()), parts);
  }

  private DetectionLosses.Stage ofAnchors(Outputs outputs) {
    float[] logits = outputs.value(MaskRcnnHeadSpec.OBJECTNESS).toArray();
    float[] deltas = outputs.value(MaskRcnnHeadSpec.ANCHOR_DELTAS).toArray();
    float[] dLogits = new float[logits.length];
    float[] dDeltas = new float[deltas.length];
    DetectionLosses.Stage losses =
        DetectionLosses.ofAnchors(logits, deltas, anchors, dLogits, dDeltas);
    outputs.gradient(MaskRcnnHeadSpec.OBJECTNESS).put(dLogits);
    outputs.gradient(MaskRcnnHeadSpec.ANCHOR_DELTAS).put(dDeltas);
    return losses;
  }

  private DetectionLosses.Stage ofRegions(Outputs outputs, float[] logits) {
    float[] deltas = outputs.value(MaskRcnnHeadSpec.BOX_DELTAS).toArray();
    float[] dLogits = new float[logits.length];
    float[] dDeltas = new float[deltas.length];
    DetectionLosses.Stage losses =
        DetectionLosses.ofRegions(logits, deltas, regions, dLogits, dDeltas);
    outputs.gradient(MaskRcnnHeadSpec.CLASS_LOGITS).put(dLogits);
    outputs.gradient(MaskRcnnHeadSpec.BOX_DELTAS).put(dDeltas);
    return losses;
  }

  private double ofMasks(Outputs outputs, Kernels kernels) {
    int[] labels = masked.stream().flatMapToInt(image -> Arrays.stream(image.labels())).toArray();
    float[] cells = new float[labels.length * MaskTargets.SIDE * MaskTargets.SIDE];
    int from = 0;
    for (MaskedRegions image : masked) {
      float[] own = MaskTargets.of(kernels, image.masks(), image.boxes(), image.objects());
      System.arraycopy(own, 0, cells, from, own.length);
      from += own.length;
    }
    TrueChannels channels = new TrueChannels(labels, MaskTargets.SIDE * MaskTargets.SIDE);
    float[] dLogits = new float[cells.length];
    float[] logits = channels.of(outputs.value(MaskRcnnHeadSpec.MASK_LOGITS));
    double loss = DetectionLosses.ofMasks(logits, cells, dLogits);
    channels.put(dLogits, outputs.gradient(MaskRcnnHeadSpec.MASK_LOGITS));
    return loss;
  }

  /** Regions whose class, the background too, has the largest logit. */
  private Hits hits(float[] logits, int columns) {
    long right = 0;
    int row = 0;
    for (RegionTargets image : regions) {
      for (int label : image.labels()) {
        int column = label == RegionTargets.BACKGROUND ? columns - 1 : label;
        right += Ranking.best(logits, row * columns, columns) == column ? 1 : 0;
        row++;
      }
    }
    return new Hits(right, row);
  }
}
