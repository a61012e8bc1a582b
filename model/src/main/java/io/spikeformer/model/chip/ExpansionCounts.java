package io.spikeformer.model.chip;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How a network of integers and its run on binary spikes compare. Counts of disjoint images merge
 * exactly. Not thread-safe.
 */
public final class ExpansionCounts implements Serializable {
  private static final long serialVersionUID = 1;

  private final LinkedHashMap<String, Long> additions = new LinkedHashMap<>();
  // [0]: neurons; [d]: those with a spike in slot d
  private final LinkedHashMap<String, long[]> slots = new LinkedHashMap<>();
  private long integers;
  private long differingIntegers;
  private long images;
  private long answers;
  private long differingAnswers;

  void addAdditions(String layer, long count) {
    additions.merge(layer, count, Long::sum);
  }

  void addIntegers(Difference between) {
    integers += between.all();
    differingIntegers += between.differing();
  }

  /** Counts the spikes of a layer's integers, 0 to levels, slot by slot. */
  void addSlots(String layer, int levels, byte[] fired) {
    long[] counts = new long[levels + 1];
    for (byte integer : fired) {
      for (int slot = 0; slot <= integer; slot++) {
        counts[slot]++;
      }
    }
    add(layer, counts);
  }

  private void add(String layer, long[] counts) {
    long[] sums = slots.computeIfAbsent(layer, name -> new long[counts.length]);
    for (int i = 0; i < counts.length; i++) {
      sums[i] += counts[i];
    }
  }

  void addImages(long count) {
    images += count;
  }

  void addAnswers(Difference between) {
    answers += between.all();
    differingAnswers += between.differing();
  }

  /** Additions that the run on spikes performed, by layer in the order of the forward pass. */
  public Map<String, Long> additions() {
    return Collections.unmodifiableMap(additions);
  }

  /** Additions of all layers. */
  public long allAdditions() {
    return additions.values().stream().mapToLong(Long::longValue).sum();
  }

  /**
   * Layers of neurons of the run on spikes, in the order of the forward pass, by the names of
   * firing counts.
   */
  public List<String> layers() {
    return List.copyOf(slots.keySet());
  }

  /** Neurons of a layer, one for each timestep and image. */
  public long neurons(String layer) {
    return slots.get(layer)[0];
  }

  /** Spikes of a layer in each slot: neurons whose integer is at least 1, 2, ... D. */
  public List<Long> spikes(String layer) {
    return Arrays.stream(slots.get(layer)).skip(1).boxed().toList();
  }

  /** Integers that were compared: one for each neuron, timestep and run of its layer. */
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

  /** Answers that were compared: images, pixels, or the boxes that either form keeps. */
  public long answers() {
    return answers;
  }

  /**
   * Images or pixels whose largest logit is another one, or boxes that one form alone keeps: the
   * other has none of the class whose corners lie within half a pixel, and its score within 0.01.
   */
  public long differingAnswers() {
    return differingAnswers;
  }

  /** Adds the counts of other images. */
  public void merge(ExpansionCounts other) {
    other.additions.forEach(this::addAdditions);
    other.slots.forEach(this::add);
    addImages(other.images);
    addIntegers(new Difference(other.integers, other.differingIntegers));
    addAnswers(new Difference(other.answers, other.differingAnswers));
  }
}
