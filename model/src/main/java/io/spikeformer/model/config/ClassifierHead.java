package io.spikeformer.model.config;

/** How many linear layers turn the last spikes into logits. */
public enum ClassifierHead {
  /** One, trained on the labels. */
  PLAIN("plain", 1),
  /**
   * Two: one trained on the labels, one on a teacher's answers. Training sees the logits of both,
   * evaluation their mean (DeiT; the paper's 55M model).
   */
  DISTILLED("distilled", 2);

  private final String label;
  private final int outputs;

  ClassifierHead(String label, int outputs) {
    this.label = label;
    this.outputs = outputs;
  }

  /** The name used in recipes and on the command line. */
  public String label() {
    return label;
  }

  /** Number of linear layers. */
  public int outputs() {
    return outputs;
  }

  /**
   * Finds a choice by its label.
   *
   * @throws IllegalArgumentException for any other word, naming the accepted ones
   */
  public static ClassifierHead of(String label) {
    for (ClassifierHead head : values()) {
      if (head.label.equals(label)) {
        return head;
      }
    }
    throw new IllegalArgumentException("head: expected plain or distilled, found '" + label + "'");
  }
}
