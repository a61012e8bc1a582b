package io.spikeformer.data.spark;

import io.spikeformer.data.source.SourceIndex;
import io.spikeformer.data.source.SourcePart;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import scala.Tuple2;

/**
 * Which files make which shard, in the shard's order. That is a function of the listing and the
 * seed, so where files can be read in any order nothing has to be sent between tasks.
 */
final class ShardInputs {
  private ShardInputs() {}

  /** A file of a part, and its place. */
  private record Placed(ShardKey key, SourcePart part, int file) {
    SourcePart.Item item() {
      return part.file(file);
    }
  }

  /**
   * The files of every shard that is still to be written, also of one without any.
   *
   * @param index of the input, whose parts have one location
   * @param options number of shards and seed
   * @param wholeShards that are there already
   */
  static List<Tuple2<Integer, SourcePart>> plan(
      SourceIndex index, PrepareOptions options, Set<Integer> wholeShards) {
    TreeMap<Integer, List<Placed>> files = new TreeMap<>();
    IntStream.range(0, options.shards())
        .filter(shard -> !wholeShards.contains(shard))
        .forEach(shard -> files.put(shard, new ArrayList<>()));
    for (SourcePart part : index.parts()) {
      for (int file = 0; file < part.files(); file++) {
        ShardKey key = ShardKey.of(part.key(file), file, options.seed(), options.shards());
        if (files.containsKey(key.shard())) {
          files.get(key.shard()).add(new Placed(key, part, file));
        }
      }
    }
    String location = index.parts().isEmpty() ? "" : index.parts().get(0).location();
    String prefix = index.parts().isEmpty() ? "" : index.parts().get(0).prefix();
    List<Tuple2<Integer, SourcePart>> inputs = new ArrayList<>();
    files.forEach(
        (shard, placed) -> {
          // stable: where keys and ordinals are equal, the first part's file stays the first
          placed.sort(Comparator.comparing(Placed::key));
          inputs.add(
              new Tuple2<>(
                  shard,
                  SourcePart.of(location, prefix, placed.stream().map(Placed::item).toList())));
        });
    return inputs;
  }
}
