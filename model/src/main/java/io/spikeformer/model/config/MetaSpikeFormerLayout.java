package io.spikeformer.model.config;

import io.spikeformer.model.config.BlockSpec.BlockKind;
import io.spikeformer.model.config.BlockSpec.Head.Readout;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The blocks of a Meta-SpikeFormer as the paper's Table 7 lists them: a downsampling to a width and
 * blocks of that width, for each row.
 */
final class MetaSpikeFormerLayout {
  /** The stage that a Semantic FPN does not read (appendix C.4 and the authors' code). */
  private static final String UNTAPPED = "stage3";

  /** The stage that a one-stage detector does not read. */
  private static final String FIRST = "stage1";

  private final MetaSpikeFormerConfig config;
  private final Structure structure;
  private final List<BlockSpec> blocks = new ArrayList<>();
  private final List<String> taps = new ArrayList<>();
  private final List<Integer> tapWidths = new ArrayList<>();
  private String last = BlockSpec.IMAGES;
  private int width;

  MetaSpikeFormerLayout(MetaSpikeFormerConfig config) {
    this.config = config;
    this.structure = config.structure();
    this.width = config.channels();
  }

  /**
   * A row of the table.
   *
   * @param part of the stage, from 1, or 0 for a stage of one part
   * @param blocks the kind of the blocks in a layout with stages of both kinds
   * @param width of the blocks
   * @param repeats number of blocks
   * @param downsampling in front of the blocks
   */
  private record Row(
      String stage, int part, BlockKind blocks, int width, int repeats, Window downsampling) {
    String downsamplingName() {
      return stage + ".downsample" + (part == 0 ? "" : part);
    }

    String blockName(String block, int index) {
      return stage + "." + block + (Math.max(1, part) + index);
    }
  }

  /** A square window of a convolution. */
  private record Window(int size, int stride) {
    static final Window NONE = new Window(0, 0);
  }

  private List<Row> table() {
    int d0 = config.widths().get(0);
    int d1 = config.widths().get(1);
    int d2 = config.widths().get(2);
    int d3 = config.widths().get(3);
    int depth3 = config.depths().get(0);
    int depth4 = config.depths().get(1);
    Window stem = new Window(config.stemWindow(), config.stemStride());
    Window wide = new Window(config.stemWindow(), 2 * config.stemStride());
    Window half = new Window(3, 2);
    Window same = new Window(3, 1);
    boolean twoSteps = structure.firstStage() == Structure.FirstStage.TWO_STEPS;
    boolean pyramid = structure.pyramid() == Structure.Pyramid.FOUR_STAGES;
    List<Row> firstStage =
        twoSteps
            ? List.of(
                //      stage   part blocks         width repeats downsampling
                new Row(FIRST, 1, BlockKind.CONV, d0 / 2, 1, stem),
                new Row(FIRST, 2, BlockKind.CONV, d0, 1, half))
            : List.of(new Row(FIRST, 1, BlockKind.CONV, d0, 2, wide));
    List<Row> otherStages =
        List.of(
            //      stage   part blocks              width repeats downsampling
            new Row("stage2", 0, BlockKind.CONV, d1, 2, half),
            new Row("stage3", 0, BlockKind.TRANSFORMER, d2, depth3, half),
            pyramid
                ? new Row("stage4", 0, BlockKind.TRANSFORMER, d3, depth4, same)
                : new Row("stage4", 0, BlockKind.TRANSFORMER, d2, depth4, Window.NONE));
    return Stream.concat(firstStage.stream(), otherStages.stream()).toList();
  }

  List<BlockSpec> blocks() {
    for (Row row : table()) {
      if (!row.downsampling().equals(Window.NONE)) {
        add(downsampling(row));
      }
      for (int i = 0; i < row.repeats(); i++) {
        add(block(row, i));
      }
      if (tapped(row)) {
        taps.add(last);
        tapWidths.add(width);
      }
    }
    add(head());
    return blocks;
  }

  /** Whether a head that reads several maps reads what is behind a row. */
  private boolean tapped(Row row) {
    if (config.yolo() != null) {
      return !row.stage().equals(FIRST);
    }
    if (config.maskRcnn() == null) {
      return !row.stage().equals(UNTAPPED);
    }
    boolean twoSteps = structure.firstStage() == Structure.FirstStage.TWO_STEPS;
    return row.part() != 1 || !twoSteps;
  }

  /** The head, which follows the last stage. */
  private BlockSpec head() {
    SemanticFpn form = config.semanticFpn();
    if (form != null) {
      return new SemanticFpnHeadSpec("head", taps, tapWidths, config.classes(), form);
    }
    MaskRcnn detector = config.maskRcnn();
    if (detector != null) {
      int firstStride = 2 * config.stemStride();
      return new MaskRcnnHeadSpec("head", taps, tapWidths, config.classes(), firstStride, detector);
    }
    Yolo answers = config.yolo();
    if (answers != null) {
      int firstStride = 4 * config.stemStride();
      return new YoloHeadSpec("head", taps, tapWidths, config.classes(), firstStride, answers);
    }
    Readout readout = membrane() ? Readout.SPIKES_OF_MEAN : Readout.MEAN;
    return new BlockSpec.Head("head", last, width, config.classes(), readout, config.head());
  }

  private void add(BlockSpec block) {
    blocks.add(block);
    last = block.name();
    width = block.outputs();
  }

  private boolean membrane() {
    return structure.shortcut() == Shortcut.MEMBRANE;
  }

  private BlockSpec downsampling(Row row) {
    BlockSpec.Firing inside =
        last.equals(BlockSpec.IMAGES) ? BlockSpec.Firing.NOWHERE : BlockSpec.Firing.BEFORE;
    return new BlockSpec.Downsampling(
        row.downsamplingName(),
        last,
        width,
        row.width(),
        row.downsampling().size(),
        row.downsampling().stride(),
        membrane() ? inside : BlockSpec.Firing.AFTER,
        BlockSpec.Pooling.NONE,
        BlockSpec.Bias.PRESENT);
  }

  /** A block of the row's kind where the stages are of both kinds. */
  private BlockSpec block(Row row, int index) {
    boolean transformer =
        switch (structure.blocks()) {
          case HYBRID -> row.blocks() == BlockKind.TRANSFORMER;
          case TRANSFORMER -> true;
          case CONVOLUTION -> false;
        };
    boolean convolutional = row.blocks() == BlockKind.CONV && !transformer;
    String name = row.blockName(convolutional ? "conv_block" : "block", index);
    return transformer
        ? new BlockSpec.Transformer(
            name,
            last,
            width,
            config.heads(),
            config.attention(),
            structure.queryKeyValue(),
            structure.output(),
            BlockSpec.Bias.ABSENT,
            structure.shortcut(),
            structure.transformer())
        : new BlockSpec.Convolutional(
            name,
            last,
            width,
            structure.tokenConvolution(),
            structure.channelMixer(),
            structure.shortcut());
  }
}
