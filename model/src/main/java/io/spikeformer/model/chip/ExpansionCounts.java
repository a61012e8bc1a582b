package io.spikeformer.model.chip;

import java.io.Serializable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How a network of integers and its run on binary spikes compare. Counts of disjoint images merge
 * exactly. Not thread-safe.
 */
public final class ExpansionCounts implements Serializable {
  private static final long serialVersionUID = 1;

  private final LinkedHashMap<String, Long> additions = new LinkedHashMap<>();
  private long integers;
  private long differingIntegers;
  private long images;
  private long differingAnswers;

  void addAdditions(String layer, long count) {
    additions.merge(layer, count, Long::sum);
  }

  void addIntegers(long count, long differing) {
    integers += count;
    differingIntegers += differing;
  }

  void addAnswers(long count, long differing) {
    images += count;
    differingAnswers += differing;
  }

  /** Additions that the run on spikes performed, by layer in the order of the forward pass. */
  public Map<String, Long> additions() {
    return Collections.unmodifiableMap(additions);
  }

  /** Additions of all layers. */
  public long allAdditions() {
    return additions.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Integers that were compared: one for each neuron and timestep. */
  public long integers() {
    return integers;
  }

  /** Integers that differ between the two forms. */
  public long differingIntegers() {
    return differingIntegers;
  }

  /** Images that were compared. */
  public long images() {
    return images;
  }

  /** Images whose largest logit is another one. */
  public long differingAnswers() {
    return differingAnswers;
  }

  /** Adds the counts of other images. */
  public void merge(ExpansionCounts other) {
    other.additions.forEach(this::addAdditions);
    addIntegers(other.integers, other.differingIntegers);
    addAnswers(other.images, other.differingAnswers);
  }
}
