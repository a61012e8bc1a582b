package io.spikeformer.model.box;

import io.spikeformer.common.Text;
import io.spikeformer.model.kernel.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * The regions of evaluation: the box head reads the proposals, the mask head reads the boxes of
 * what is detected. One instance serves one pass at a time.
 */
public final class DetectingRegions implements RegionChooser {
  private final Proposals.Rule proposalRule;
  private final Detections.Rule detectionRule;
  private final List<Size> sizes;
  private final List<Boxes> proposals = new ArrayList<>();
  private final List<Detections> detections = new ArrayList<>();

  /** Height and width of an image within its padding, in pixels. */
  public record Size(int height, int width) {}

  /** For images of these sizes, in the order of the batch. */
  public DetectingRegions(
      Proposals.Rule proposalRule, Detections.Rule detectionRule, List<Size> sizes) {
    this.proposalRule = proposalRule;
    this.detectionRule = detectionRule;
    this.sizes = List.copyOf(sizes);
  }

  @Override
  public List<Boxes> forBoxes(AnchorAnswers answers) {
    if (answers.images() != sizes.size()) {
      throw new IllegalArgumentException(
          Text.format(
              "regions: expected sizes of %s images, found %s", answers.images(), sizes.size()));
    }
    proposals.clear();
    for (int i = 0; i < sizes.size(); i++) {
      Size size = sizes.get(i);
      proposals.add(
          Proposals.select(proposalRule, answers.of(i), size.height(), size.width()).boxes());
    }
    return List.copyOf(proposals);
  }

  @Override
  public List<Boxes> forMasks(Tensor logits, Tensor deltas) {
    detections.clear();
    long row = 0;
    for (int i = 0; i < sizes.size(); i++) {
      Boxes regions = proposals.get(i);
      int columns = logits.channels();
      int numbers = Boxes.CORNERS * (columns - 1);
      detections.add(
          Detections.select(
              detectionRule,
              regions,
              logits.slice(row * columns, regions.count(), columns).toArray(),
              deltas.slice(row * numbers, regions.count(), numbers).toArray(),
              sizes.get(i).height(),
              sizes.get(i).width()));
      row += regions.count();
    }
    return detections.stream().map(Detections::boxes).toList();
  }

  /** The regions of the box head in the last pass. */
  public List<Boxes> proposals() {
    return List.copyOf(proposals);
  }

  /** What the last pass has detected in each image; masks lie in the same order. */
  public List<Detections> detections() {
    return List.copyOf(detections);
  }
}
