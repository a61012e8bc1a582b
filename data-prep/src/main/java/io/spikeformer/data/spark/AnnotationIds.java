package io.spikeformer.data.spark;

import io.spikeformer.common.Text;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import scala.Tuple2;

/** Finds annotation ids that stand more than once in a split: evaluation tells objects by them. */
final class AnnotationIds {
  /** Ids that are named; the others are counted. */
  private static final int NAMED = 20;

  /** Samples that are named for an id. */
  private static final int PLACES = 4;

  private AnnotationIds() {}

  /** One line for each id that is there twice, as far as they are named. */
  static List<String> problems(JavaRDD<CheckedShard> shards) {
    long total = 0;
    TreeSet<Long> first = new TreeSet<>();
    for (long[] part : repeated(shards).mapPartitions(AnnotationIds::smallest).collect()) {
      total += part[0];
      for (int i = 1; i < part.length; i++) {
        first.add(part[i]);
      }
    }
    if (total == 0) {
      return List.of();
    }
    Set<Long> named = first.stream().limit(NAMED).collect(Collectors.toSet());
    TreeMap<Long, List<String>> places = new TreeMap<>();
    shards
        .flatMap(shard -> places(shard, named))
        .collect()
        .forEach(
            place -> places.computeIfAbsent(place._1(), id -> new ArrayList<>()).add(place._2()));
    List<String> problems = new ArrayList<>();
    places.forEach((id, keys) -> problems.add(problem(id, keys)));
    if (total > named.size()) {
      problems.add(Text.format("%d more annotation ids are not unique", total - named.size()));
    }
    return problems;
  }

  private static String problem(long id, List<String> keys) {
    return Text.format(
        "annotation id %d is not unique: expected every id once, found it in %s%s",
        id,
        keys.stream().sorted().limit(PLACES).collect(Collectors.joining(", ")),
        keys.size() > PLACES ? " and others" : "");
  }

  /** The ids that are there more than once. */
  private static JavaRDD<Long> repeated(JavaRDD<CheckedShard> shards) {
    JavaPairRDD<Long, Integer> one =
        shards.flatMapToPair(
            shard -> {
              List<Tuple2<Long, Integer>> ids = new ArrayList<>();
              for (long[] sample : shard.ids()) {
                for (long id : sample) {
                  ids.add(new Tuple2<>(id, 1));
                }
              }
              return ids.iterator();
            });
    return one.reduceByKey(Integer::sum).filter(count -> count._2() > 1).keys();
  }

  /** The number of some ids, and the smallest of them. */
  private static Iterator<long[]> smallest(Iterator<Long> ids) {
    long count = 0;
    TreeSet<Long> smallest = new TreeSet<>();
    while (ids.hasNext()) {
      count++;
      smallest.add(ids.next());
      if (smallest.size() > NAMED) {
        smallest.pollLast();
      }
    }
    long[] found = new long[1 + smallest.size()];
    found[0] = count;
    int at = 1;
    for (long id : smallest) {
      found[at++] = id;
    }
    return List.of(found).iterator();
  }

  /** The samples of a shard in which ids stand, with each id; a few for each. */
  private static Iterator<Tuple2<Long, String>> places(CheckedShard shard, Set<Long> ids) {
    List<Tuple2<Long, String>> places = new ArrayList<>();
    Map<Long, Integer> found = new TreeMap<>();
    for (int i = 0; i < shard.keys().length; i++) {
      for (long id : shard.ids()[i]) {
        if (ids.contains(id) && found.merge(id, 1, Integer::sum) <= PLACES + 1) {
          places.add(new Tuple2<>(id, shard.keys()[i]));
        }
      }
    }
    return places.iterator();
  }
}
