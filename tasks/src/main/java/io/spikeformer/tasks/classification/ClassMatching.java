package io.spikeformer.tasks.classification;

import com.fasterxml.jackson.annotation.JsonValue;
import io.spikeformer.common.Labels;
import java.util.Arrays;

/** How the classes of data are found among those of a model. */
public enum ClassMatching {
  /** They are the same: their names were compared in the order of the labels. */
  ORDER("order"),
  /** They are taken for the same, label by label: the model does not name its own. */
  UNCHECKED("unchecked"),
  /** By name: the data's may be some of the model's, in another order. */
  NAME("name"),
  /** The data's names are the numbers of the model's labels, counted from 0. */
  NUMBER("number");

  private final String label;

  ClassMatching(String label) {
    this.label = label;
  }

  /** The word in results and on the command line. */
  @JsonValue
  public String label() {
    return label;
  }

  /**
   * The way to map classes that a label names.
   *
   * @throws IllegalArgumentException for any other word, naming the accepted ones
   */
  public static ClassMatching mapping(String label) {
    ClassMatching[] ways =
        Arrays.stream(values()).filter(ClassMatching::maps).toArray(ClassMatching[]::new);
    return Labels.find("map classes", ways, ClassMatching::label, label);
  }

  /** Whether classes may be missing or in another order. */
  public boolean maps() {
    return this == NAME || this == NUMBER;
  }
}
