package io.spikeformer.model.config;

import java.util.ArrayList;
import java.util.List;

/**
 * The Meta-SpikeFormers of the paper's tables, their successors, and small ones for tests and
 * quickstarts.
 */
final class Presets {
  private static final int COCO_CLASSES = 80;
  private static final int V3_LEVELS = 4;
  private static final double V3_ATTENTION_SCALE = 2;

  private Presets() {}

  /**
   * A preset by name.
   *
   * @throws IllegalArgumentException for an unknown name, naming all presets
   */
  static MetaSpikeFormerConfig of(String preset) {
    return switch (preset) {
      case "15M" -> imagenet(preset, 64, 128, 256, 360);
      case "31M" -> imagenet(preset, 96, 192, 384, 480);
      case "55M" -> imagenet(preset, 128, 256, 512, 640);
      case "ade20k-16m" -> segmentation(imagenet(preset, 64, 128, 256, 360), 150);
      case "ade20k-58m" -> segmentation(imagenet(preset, 128, 256, 512, 640), 150);
      case "voc2012-16m" -> segmentation(imagenet(preset, 64, 128, 256, 360), 21);
      case "voc2012-58m" -> segmentation(imagenet(preset, 128, 256, 512, 640), 21);
      case "coco-maskrcnn-15m" -> detection(imagenet(preset, 64, 128, 256, 360));
      case "coco-maskrcnn-55m" -> detection(imagenet(preset, 128, 256, 512, 640));
      case "coco-yolo-16m" ->
          imagenet(preset, 64, 128, 256, 360).toBuilder()
              .classes(COCO_CLASSES)
              .yolo(Yolo.PUBLISHED)
              .build();
      case "hardvs-18M" ->
          MetaSpikeFormerConfig.builder(preset)
              .widths(80, 160, 320, 400)
              .depths(4, 2)
              .classes(300)
              .channels(2)
              .timesteps(8)
              .build();
      case "e-spikeformer-3m" -> efficient(preset, 24, 48, 96, 128);
      case "e-spikeformer-5m" -> efficient(preset, 32, 64, 128, 192);
      case "e-spikeformer-10m" -> efficient(preset, 48, 96, 192, 240);
      case "e-spikeformer-19m" -> efficient(preset, 64, 128, 256, 360);
      case "tiny" ->
          MetaSpikeFormerConfig.builder(preset)
              .widths(32, 64, 128, 192)
              .depths(2, 1)
              .classes(10)
              .stem(3, 1)
              .neuron(NeuronConfig.PAPER)
              .build();
      default -> Ablations.preset(preset);
    };
  }

  /** Names accepted by {@link #of}. */
  static List<String> names() {
    List<String> names = new ArrayList<>(List.of("15M", "31M", "55M", "hardvs-18M", "tiny"));
    names.addAll(List.of("ade20k-16m", "ade20k-58m", "voc2012-16m", "voc2012-58m"));
    names.addAll(List.of("coco-maskrcnn-15m", "coco-maskrcnn-55m", "coco-yolo-16m"));
    names.addAll(List.of("e-spikeformer-3m", "e-spikeformer-5m"));
    names.addAll(List.of("e-spikeformer-10m", "e-spikeformer-19m"));
    names.addAll(Ablations.presets());
    return names;
  }

  private static MetaSpikeFormerConfig imagenet(String name, int... widths) {
    return MetaSpikeFormerConfig.builder(name).widths(widths).build();
  }

  /** A network of Spike-driven Transformer V3, Base, trained with integers up to 4 at T = 1. */
  private static MetaSpikeFormerConfig efficient(String name, int... widths) {
    return MetaSpikeFormerConfig.builder(name)
        .widths(widths)
        .structure(Structure.E_SPIKEFORMER)
        .neuron(NeuronConfig.integer(V3_LEVELS).withAttentionScale(V3_ATTENTION_SCALE))
        .build();
  }

  /** A backbone with the published Semantic FPN, whose neck is as wide as the second stage. */
  private static MetaSpikeFormerConfig segmentation(MetaSpikeFormerConfig backbone, int classes) {
    return backbone.toBuilder()
        .classes(classes)
        .semanticFpn(SemanticFpn.published(backbone.widths().get(1)))
        .build();
  }

  /** A backbone with the published Mask R-CNN for the classes of COCO. */
  private static MetaSpikeFormerConfig detection(MetaSpikeFormerConfig backbone) {
    return backbone.toBuilder().classes(COCO_CLASSES).maskRcnn(MaskRcnn.PUBLISHED).build();
  }
}
