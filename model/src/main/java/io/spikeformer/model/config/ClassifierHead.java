package io.spikeformer.model.config;

import io.spikeformer.common.Labels;
import java.util.List;

/** How many linear layers turn the last spikes into logits. */
public enum ClassifierHead {
  /** One, trained on the labels. */
  PLAIN("plain", List.of(ClassifierHead.LOGITS)),
  /**
   * Two: one trained on the labels, one on a teacher's answers. Training sees the logits of both,
   * evaluation their mean (DeiT; the paper's 55M model).
   */
  DISTILLED("distilled", List.of(ClassifierHead.LOGITS, ClassifierHead.DISTILLATION));

  /** Output of the layer that learns the labels; in evaluation, of two layers the mean. */
  public static final String LOGITS = "logits";

  /** Output of the layer that learns a teacher's answers. */
  public static final String DISTILLATION = "distillation";

  private final String label;
  private final List<String> outputs;

  ClassifierHead(String label, List<String> outputs) {
    this.label = label;
    this.outputs = outputs;
  }

  /** The name used in recipes and on the command line. */
  public String label() {
    return label;
  }

  /** The outputs in training: the name of each linear layer's logits [B, classes], in order. */
  public List<String> outputs() {
    return outputs;
  }

  /**
   * Finds a choice by its label.
   *
   * @throws IllegalArgumentException for any other word, naming the accepted ones
   */
  public static ClassifierHead of(String label) {
    return Labels.find("head", values(), ClassifierHead::label, label);
  }
}
