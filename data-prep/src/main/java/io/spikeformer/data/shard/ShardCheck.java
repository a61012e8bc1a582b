package io.spikeformer.data.shard;

import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.column.AnnotationListener;
import io.spikeformer.data.column.SampleCheck;
import io.spikeformer.data.sample.Sample;
import io.spikeformer.data.storage.InvalidSampleException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Reads whole shards again and says what is wrong with them. */
public final class ShardCheck {
  private final ShardSet shards;
  private final SampleCheck samples;

  /** A check of one split. */
  public ShardCheck(ShardSet shards) {
    this(shards, (key, ids) -> {});
  }

  /** A check of one split that tells of the annotations it meets: what is unique in a split. */
  public ShardCheck(ShardSet shards, AnnotationListener annotations) {
    this.shards = shards;
    this.samples = new SampleCheck(shards.manifest().facts(), annotations);
  }

  /**
   * The findings in one shard.
   *
   * @param shard its index
   * @param samples in it that could be read
   * @param problems one line each; none in a good shard
   */
  public record Findings(int shard, int samples, List<String> problems) {
    /** Copies the list. */
    public Findings {
      problems = List.copyOf(problems);
    }
  }

  /** Checks size, checksum, rows, columns, keys, labels and content of a shard. */
  public Findings check(int shard) {
    List<Sample> content;
    try {
      content = shards.samples(shard);
    } catch (UserException damage) {
      return new Findings(shard, 0, List.of(damage.getMessage()));
    }
    List<String> problems = new ArrayList<>();
    Set<String> keys = new HashSet<>();
    for (int row = 0; row < content.size(); row++) {
      Sample sample = content.get(row);
      try {
        if (!keys.add(sample.key())) {
          throw new InvalidSampleException("a second sample of the same key");
        }
        samples.check(sample);
      } catch (InvalidSampleException | IllegalArgumentException reason) {
        problems.add(
            Text.format(
                "%s row %d, %s: %s",
                shards.manifest().shards().get(shard).file(),
                row,
                sample.key(),
                reason.getMessage()));
      }
    }
    return new Findings(shard, content.size(), problems);
  }
}
