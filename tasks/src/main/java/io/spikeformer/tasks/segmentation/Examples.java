package io.spikeformer.tasks.segmentation;

import io.spikeformer.data.order.SeededRandom;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The samples with the smallest hashes of their keys: few that seem drawn at random, and the same
 * ones however the samples are divided into parts. Not thread-safe.
 */
final class Examples implements Serializable {
  /** The most samples. */
  static final int MOST = 8;

  private static final long serialVersionUID = 1;

  private static final Comparator<String> ORDER =
      Comparator.comparingLong(SeededRandom::hash).thenComparing(Comparator.naturalOrder());

  private final ArrayList<Kept> chosen = new ArrayList<>();

  /** An {@link Example} as Kryo can serialise it: it knows no records. */
  static final class Kept implements Serializable {
    private static final long serialVersionUID = 1;

    private final String key;
    private final long right;
    private final long labelled;
    private final String image;
    private final String truth;
    private final String prediction;

    Kept(Example example) {
      key = example.key();
      right = example.right();
      labelled = example.labelled();
      image = example.image();
      truth = example.truth();
      prediction = example.prediction();
    }

    String key() {
      return key;
    }

    Example example() {
      return new Example(key, right, labelled, image, truth, prediction);
    }
  }

  /** Whether a sample would be among them. */
  boolean want(String key) {
    return chosen.size() < MOST || ORDER.compare(key, chosen.get(MOST - 1).key()) < 0;
  }

  /** Adds a sample; it or another may be left out. */
  void add(Example example) {
    add(new Kept(example));
  }

  private void add(Kept kept) {
    chosen.add(kept);
    chosen.sort(Comparator.comparing(Kept::key, ORDER));
    if (chosen.size() > MOST) {
      chosen.remove(MOST);
    }
  }

  /** Adds those of other samples. */
  void merge(Examples other) {
    other.chosen.forEach(this::add);
  }

  /** In the order of their hashes. */
  List<Example> list() {
    return chosen.stream().map(Kept::example).toList();
  }
}
