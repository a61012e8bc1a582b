package io.spikeformer.tasks;

import io.spikeformer.data.sample.TruthKind;
import io.spikeformer.model.config.BlockSpec;
import io.spikeformer.model.config.MaskRcnnHeadSpec;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.model.config.SemanticFpnHeadSpec;
import io.spikeformer.model.config.YoloHeadSpec;
import java.util.List;
import java.util.Optional;

/** What a network ends in. */
public enum HeadKind {
  ONE_CLASS("a head that gives one class", Tasks.CLASSIFICATION),
  SEMANTIC_FPN("a Semantic FPN", TruthKind.LABEL_MAP.task()),
  MASK_RCNN("a Mask R-CNN", TruthKind.OBJECTS.task()),
  YOLO("a YOLO", TruthKind.OBJECTS.task());

  private final String label;
  private final String task;

  HeadKind(String label, String task) {
    this.label = label;
    this.task = task;
  }

  /** The kind of a network's head. */
  public static HeadKind of(NetworkConfig network) {
    List<BlockSpec> blocks = network.blocks();
    BlockSpec last = blocks.get(blocks.size() - 1);
    if (last instanceof SemanticFpnHeadSpec) {
      return SEMANTIC_FPN;
    }
    if (last instanceof YoloHeadSpec) {
      return YOLO;
    }
    return last instanceof MaskRcnnHeadSpec ? MASK_RCNN : ONE_CLASS;
  }

  /**
   * The reason why a network of this head does not answer a task; empty if it does.
   *
   * @param wanted name of the task
   * @param expected the heads that do
   * @param remedy a way to give one to a network that has none, before {@code or a preset}
   */
  public Optional<String> misfit(String wanted, String expected, String remedy) {
    if (task.equals(wanted)) {
      return Optional.empty();
    }
    if (wanted.equals(Tasks.CLASSIFICATION)) {
      return Optional.of(expected(expected) + "; set task=" + task);
    }
    String set = this == ONE_CLASS ? remedy : "task=" + task;
    return Optional.of(expected(expected) + "; set " + set + ", or a preset that has one");
  }

  private String expected(String expected) {
    return "expected " + expected + ", found " + label;
  }
}
