package io.spikeformer.tasks;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.spikeformer.data.order.SeededRandom;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A few samples of an evaluation, and the same ones however the samples are divided into parts:
 * those of the lowest rank, of equal ranks those with the smallest hashes of their keys, which seem
 * drawn at random. They are kept as JSON, since Kryo knows no records. Not thread-safe.
 */
public final class ChosenSamples implements Serializable {
  private static final long serialVersionUID = 1;
  private static final ObjectMapper MAPPER =
      ResultJson.mapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  private static final Comparator<Kept> ORDER =
      Comparator.comparingLong((Kept kept) -> kept.rank)
          .thenComparingLong(kept -> SeededRandom.hash(kept.key))
          .thenComparing(kept -> kept.key);

  private final int most;
  private final ArrayList<Kept> chosen = new ArrayList<>();

  /** A sample as Kryo can serialise it. */
  static final class Kept implements Serializable {
    private static final long serialVersionUID = 1;

    private final long rank;
    private final String key;
    private final String json;

    Kept(long rank, String key, String json) {
      this.rank = rank;
      this.key = key;
      this.json = json;
    }
  }

  /** None yet; at most so many, &gt;= 1. */
  public ChosenSamples(int most) {
    this.most = most;
  }

  /** The classes that a serializer must know. */
  public static List<Class<?>> types() {
    return List.of(ChosenSamples.class, Kept.class, ArrayList.class);
  }

  /** Whether a sample would be among them. */
  public boolean want(long rank, String key) {
    return chosen.size() < most || ORDER.compare(new Kept(rank, key, ""), chosen.get(most - 1)) < 0;
  }

  /**
   * Adds a sample; it or another may be left out.
   *
   * @param sample a record
   */
  public void add(long rank, String key, Record sample) {
    try {
      add(new Kept(rank, key, MAPPER.writeValueAsString(sample)));
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private void add(Kept kept) {
    chosen.add(kept);
    chosen.sort(ORDER);
    if (chosen.size() > most) {
      chosen.remove(most);
    }
  }

  /** Adds those of other samples. */
  public void merge(ChosenSamples other) {
    other.chosen.forEach(this::add);
  }

  /**
   * The samples by rank.
   *
   * @param type of the records that were added
   */
  public <R extends Record> List<R> list(Class<R> type) {
    List<R> samples = new ArrayList<>();
    for (Kept kept : chosen) {
      try {
        samples.add(MAPPER.readValue(kept.json, type));
      } catch (JsonProcessingException impossible) {
        throw new IllegalStateException(impossible);
      }
    }
    return samples;
  }
}
