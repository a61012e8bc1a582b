package io.spikeformer.data.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.spikeformer.common.Text;
import io.spikeformer.data.source.SourceIndex;
import io.spikeformer.data.source.SourcePart;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import scala.Tuple2;

/** Which files make which shard. */
class ShardInputsTest {
  private static final int SHARDS = 5;
  private static final PrepareOptions OPTIONS =
      PrepareOptions.of("in", "out", "train").withShards(SHARDS).withSeed(3);

  @Test
  void everyFileIsInItsShardInTheOrderOfItsKey() {
    TreeMap<Integer, SourcePart> inputs = plan(parts(200, 64), Set.of());

    assertThat(inputs).containsOnlyKeys(0, 1, 2, 3, 4);
    List<String> all = new ArrayList<>();
    inputs.forEach(
        (shard, files) -> {
          assertThat(files.location()).isEqualTo("file:/in");
          List<ShardKey> keys = keys(files).stream().map(ShardInputsTest::place).toList();
          assertThat(keys).isSorted().allMatch(key -> key.shard() == shard);
          all.addAll(keys(files));
        });
    assertThat(all).hasSize(200).doesNotHaveDuplicates();
  }

  @Test
  void howTheListingIsCutMakesNoDifference() {
    TreeMap<Integer, SourcePart> whole = plan(parts(200, 200), Set.of());
    TreeMap<Integer, SourcePart> cut = plan(parts(200, 7), Set.of());

    whole.forEach((shard, files) -> assertThat(keys(cut.get(shard))).isEqualTo(keys(files)));
  }

  @Test
  void aFileKeepsItsNameSizeAndTruth() {
    SourcePart.Item item = new SourcePart.Item("a/1", "images/1.png", 0, 9, new byte[] {4});
    TreeMap<Integer, SourcePart> inputs =
        plan(List.of(SourcePart.of("file:/in", "", List.of(item))), Set.of());

    assertThat(inputs.get(place("a/1").shard()).file(0)).isEqualTo(item);
  }

  @Test
  void wholeShardsAreLeftOutAndEmptyOnesAreNot() {
    List<SourcePart> one = parts(1, 1);
    int shard = place(one.get(0).key(0)).shard();

    TreeMap<Integer, SourcePart> rest = plan(one, Set.of(shard));
    assertThat(rest).hasSize(SHARDS - 1).doesNotContainKey(shard);
    assertThat(rest.values()).allMatch(files -> files.files() == 0);
    assertThat(plan(List.of(), Set.of())).hasSize(SHARDS);
  }

  @Test
  void ofFilesWithOneKeyTheFirstOfTheListingComesFirst() {
    List<SourcePart> parts =
        List.of(
            SourcePart.of("file:/in", "", List.of(item("a/1", "first"))),
            SourcePart.of("file:/in", "", List.of(item("a/1", "second"), item("a/1", "third"))));

    SourcePart files = plan(parts, Set.of()).get(place("a/1").shard());
    assertThat(IntStream.range(0, 3).mapToObj(file -> files.file(file).name()))
        .containsExactly("first", "second", "third");
  }

  private static List<SourcePart> parts(int files, int filesPerPart) {
    List<SourcePart> parts = new ArrayList<>();
    for (int first = 0; first < files; first += filesPerPart) {
      parts.add(
          SourcePart.of(
              "file:/in",
              "",
              IntStream.range(first, Math.min(files, first + filesPerPart))
                  .mapToObj(i -> item(Text.format("class%d/%03d.jpg", i % 3, i), "x"))
                  .toList()));
    }
    return parts;
  }

  private static SourcePart.Item item(String key, String name) {
    return new SourcePart.Item(key, name, 0, 10);
  }

  private static TreeMap<Integer, SourcePart> plan(List<SourcePart> parts, Set<Integer> whole) {
    SourceIndex index = new SourceIndex(List.of("class0"), parts, "", "", 0, 0, 0, List.of());
    TreeMap<Integer, SourcePart> inputs = new TreeMap<>();
    for (Tuple2<Integer, SourcePart> input : ShardInputs.plan(index, OPTIONS, whole)) {
      assertThat(inputs.put(input._1(), input._2())).isNull();
    }
    return inputs;
  }

  private static List<String> keys(SourcePart files) {
    return IntStream.range(0, files.files()).mapToObj(files::key).toList();
  }

  private static ShardKey place(String key) {
    return ShardKey.of(key, 0, OPTIONS.seed(), SHARDS);
  }
}
