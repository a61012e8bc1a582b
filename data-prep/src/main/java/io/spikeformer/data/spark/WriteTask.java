package io.spikeformer.data.spark;

import io.spikeformer.data.shard.ShardWriter;
import io.spikeformer.data.source.RawSample;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.apache.spark.api.java.function.Function2;
import scala.Tuple2;

/**
 * Writes one shard from the files that were sent to it, in their final order; gives {@link
 * ShardWriter.Written} as JSON, or nothing for a shard that is whole already.
 */
final class WriteTask
    implements Function2<Integer, Iterator<Tuple2<ShardKey, RawSample>>, Iterator<String>> {
  private static final long serialVersionUID = 1;

  private final ShardMaker maker;
  private final Set<Integer> wholeShards;

  WriteTask(ShardMaker maker, Set<Integer> wholeShards) {
    this.maker = maker;
    this.wholeShards = wholeShards;
  }

  @Override
  public Iterator<String> call(Integer shard, Iterator<Tuple2<ShardKey, RawSample>> files) {
    if (wholeShards.contains(shard)) {
      return List.<String>of().iterator();
    }
    String written =
        maker.make(
            shard,
            maker.open(),
            receiver -> {
              while (files.hasNext()) {
                Tuple2<ShardKey, RawSample> file = files.next();
                receiver.take(file._1().key(), file._2());
              }
            });
    return List.of(written).iterator();
  }
}
