package io.spikeformer.tasks.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.spikeformer.data.detection.Rle;
import io.spikeformer.data.npy.NpyArray;
import io.spikeformer.model.KernelProvider;
import io.spikeformer.model.box.AnchorGrid;
import io.spikeformer.model.box.Boxes;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.tasks.DenseFixture;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.IntToLongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Assignment, sampling, targets and pasted masks against recordings of PyTorch. */
class TargetFixturesTest {
  private static final int SIDE = 64;
  private static final int CLASSES = 5;
  private static final int[] STRIDES = {4, 8, 16, 32, 64};
  private static final BoxSampling FEW_ANCHORS = new BoxSampling(64, 0.5);
  private static final BoxSampling FEW_REGIONS = new BoxSampling(32, 0.25);

  private static Boxes anchors() {
    return Boxes.concat(
        Arrays.stream(STRIDES)
            .mapToObj(stride -> new AnchorGrid(SIDE / stride, SIDE / stride, stride).anchors())
            .toList());
  }

  private static int[] integers(NpyArray array) {
    int[] integers = new int[array.values().length];
    for (int i = 0; i < integers.length; i++) {
      integers[i] = (int) array.values()[i];
    }
    return integers;
  }

  private static IntToLongFunction ranks(NpyArray array) {
    return index -> (long) array.values()[index];
  }

  /** Objects; equal objects with a small one; none. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void assignsAndSamplesTheRecordedAnchors(int image) throws IOException {
    Map<String, NpyArray> recorded = DenseFixture.read("operators.npz", "assign/" + image);
    String name = "assign/" + image + "/";
    Boxes objects = new Boxes(recorded.get(name + "gts").values());
    IntToLongFunction ranks = ranks(recorded.get(name + "rank"));
    int[] assigned = BoxAssignment.ANCHORS.assign(anchors(), objects);
    assertThat(assigned).isEqualTo(integers(recorded.get(name + "rpn")));
    assertThat(BoxAssignment.PROPOSALS.assign(anchors(), objects))
        .isEqualTo(integers(recorded.get(name + "roi")));
    BoxSampling.Sample sample = FEW_ANCHORS.draw(assigned, ranks);
    assertThat(sample.positives()).isEqualTo(integers(recorded.get(name + "positive")));
    assertThat(sample.negatives()).isEqualTo(integers(recorded.get(name + "negative")));
    BoxSampling.Sample few = new BoxSampling(8, 0.25).draw(assigned, ranks);
    assertThat(few.positives()).isEqualTo(integers(recorded.get(name + "few_positive")));
    assertThat(few.negatives()).isEqualTo(integers(recorded.get(name + "few_negative")));
  }

  /** One or two images each; the last one of the fifth file has no object. */
  @ParameterizedTest
  @ValueSource(strings = {"det_t1", "det_t2", "det_t4_mean", "det_t1_bn", "det_t1_empty_membrane"})
  void makesTheRecordedTargets(String file) throws IOException {
    Map<String, NpyArray> train = DenseFixture.read(file + ".npz", "train/");
    Map<String, NpyArray> truth = DenseFixture.read(file + ".npz", "target/");
    int[] order = integers(DenseFixture.read(file + ".npz", "rank").get("rank"));
    int row = 0;
    List<Float> deltas = new ArrayList<>();
    List<Float> masks = new ArrayList<>();
    for (int image = 0; truth.containsKey("target/boxes/" + image); image++) {
      Boxes objects = new Boxes(truth.get("target/boxes/" + image).values());
      boolean[] used = new boolean[anchors().count()];
      Arrays.fill(used, true);
      AnchorTargets anchors =
          AnchorTargets.of(anchors(), used, objects, FEW_ANCHORS, index -> order[index]);
      assertThat(anchors.positives()).isEqualTo(integers(train.get("train/rpn_positive/" + image)));
      assertThat(anchors.negatives()).isEqualTo(integers(train.get("train/rpn_negative/" + image)));
      int[] labels = integers(truth.get("target/labels/" + image));
      Boxes proposals = new Boxes(train.get("train/proposals/" + image).values());
      RegionTargets regions =
          RegionTargets.of(objects, labels, proposals, FEW_REGIONS, index -> order[index]);
      check(train, row, image, regions);
      row += regions.labels().length;
      addAll(deltas, regions.deltas());
      List<Rle> bitmaps = bitmaps(truth.get("target/masks/" + image));
      addAll(masks, maskTargets(bitmaps, regions.positives(), regions.objects()));
    }
    assertThat(row).isEqualTo(train.get("train/labels").values().length);
    assertThat(floats(deltas)).containsExactly(train.get("train/deltas").values(), within(1e-4f));
    assertThat(floats(masks)).isEqualTo(train.get("train/mask_targets").values());
  }

  private static void check(
      Map<String, NpyArray> train, int row, int image, RegionTargets regions) {
    float[] rois = train.get("train/rois").values();
    float[] labels = train.get("train/labels").values();
    for (int i = 0; i < regions.labels().length; i++) {
      assertThat(rois[5 * (row + i)]).isEqualTo(image);
      assertThat(Arrays.copyOfRange(regions.regions().corners(), 4 * i, 4 * i + 4))
          .isEqualTo(Arrays.copyOfRange(rois, 5 * (row + i) + 1, 5 * (row + i) + 5));
      int label = regions.labels()[i];
      assertThat(label == RegionTargets.BACKGROUND ? CLASSES : label)
          .isEqualTo((int) labels[row + i]);
    }
  }

  private static void addAll(List<Float> list, float[] values) {
    for (float value : values) {
      list.add(value);
    }
  }

  private static float[] floats(List<Float> list) {
    float[] values = new float[list.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = list.get(i);
    }
    return values;
  }

  /** Masks [n, 64, 8] with eight pixels to a byte, the first in the highest bit. */
  private static List<Rle> bitmaps(NpyArray packed) {
    List<Rle> masks = new ArrayList<>();
    int pixels = SIDE * SIDE;
    for (int mask = 0; mask < packed.values().length * 8 / pixels; mask++) {
      masks.add(Rle.encode(SIDE, SIDE, unpacked(packed, mask * SIDE, SIDE, SIDE)));
    }
    return masks;
  }

  /** Rows of bits as bytes, from a row on; a row fills whole bytes. */
  private static byte[] unpacked(NpyArray packed, int firstRow, int height, int width) {
    int length = (width + 7) / 8;
    byte[] pixels = new byte[height * width];
    for (int i = 0; i < pixels.length; i++) {
      int column = i % width;
      int bits = (int) packed.values()[(firstRow + i / width) * length + column / 8];
      pixels[i] = (byte) (bits >> (7 - column % 8) & 1);
    }
    return pixels;
  }

  /** The same of both kernels. */
  private static float[] maskTargets(List<Rle> masks, Boxes regions, int[] objects) {
    try (Kernels plain = KernelProvider.create("reference", 1);
        Kernels fast = KernelProvider.create("auto", 2)) {
      float[] targets = MaskTargets.of(fast, masks, regions, objects);
      assertThat(targets).isEqualTo(MaskTargets.of(plain, masks, regions, objects));
      return targets;
    }
  }

  @Test
  void masksAreCutToRegions() throws IOException {
    Map<String, NpyArray> recorded = DenseFixture.read("operators.npz", "mask_target");
    Boxes regions = new Boxes(recorded.get("mask_target/boxes").values());
    int[] objects = {0, 1, 2, 3, 4, 5};
    assertThat(maskTargets(bitmaps(recorded.get("mask_target/masks")), regions, objects))
        .isEqualTo(recorded.get("mask_target/out").values());
    assertThat(maskTargets(List.of(), new Boxes(new float[0]), new int[0])).isEmpty();
  }

  @Test
  void masksArePastedIntoTheImage() throws IOException {
    Map<String, NpyArray> recorded = DenseFixture.read("operators.npz", "paste");
    float[] masks = recorded.get("paste/masks").values();
    Boxes boxes = new Boxes(recorded.get("paste/boxes").values());
    NpyArray probability = recorded.get("paste/probability");
    MaskPasting pasting = new MaskPasting(50, 70);
    for (int box = 0; box < boxes.count(); box++) {
      float[] expected = Arrays.copyOfRange(probability.values(), box * 3500, (box + 1) * 3500);
      assertThat(whole(pasting.patch(masks, 28, boxes, box)))
          .as("box %s", box)
          .containsExactly(expected, within(1e-5f));
      assertThat(pasting.mask(masks, 28, boxes, box).decode())
          .isEqualTo(unpacked(recorded.get("paste/binary"), box * 50, 50, 70));
    }
  }

  /** A patch in its image of 50 x 70 pixels. */
  private static float[] whole(MaskPasting.Patch patch) {
    float[] pixels = new float[50 * 70];
    for (int row = 0; row < patch.rows(); row++) {
      int to = (patch.top() + row) * 70 + patch.left();
      System.arraycopy(patch.probabilities(), row * patch.columns(), pixels, to, patch.columns());
    }
    return pixels;
  }

  /** Of the logits of recorded mask heads. */
  @ParameterizedTest
  @ValueSource(strings = {"det_t1", "det_t2", "det_t4_mean", "det_t1_bn", "det_t1_empty_membrane"})
  void detectionsHaveTheRecordedMasks(String file) throws IOException {
    Map<String, NpyArray> recorded = DenseFixture.read(file + ".npz", "eval/");
    for (int image = 0; recorded.containsKey("eval/mask_logits/" + image); image++) {
      float[] cells = recorded.get("eval/mask_logits/" + image).values().clone();
      for (int i = 0; i < cells.length; i++) {
        cells[i] = (float) Losses.sigmoid(cells[i]);
      }
      Boxes boxes = new Boxes(recorded.get("eval/boxes/" + image).values());
      List<Rle> expected = bitmaps(recorded.get("eval/masks/" + image));
      for (int box = 0; box < boxes.count(); box++) {
        assertThat(new MaskPasting(SIDE, SIDE).mask(cells, 28, boxes, box))
            .as("image %s, box %s", image, box)
            .isEqualTo(expected.get(box));
      }
    }
  }
}
