package io.spikeformer.eval.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.batch.ContentDecoder;
import io.spikeformer.data.batch.ImageTransform;
import io.spikeformer.data.batch.PixelNormalisation;
import io.spikeformer.data.batch.TransformConfig;
import io.spikeformer.data.geometry.Crop;
import io.spikeformer.data.sample.ClassLabel;
import io.spikeformer.data.sample.Sample;
import io.spikeformer.data.shard.ShardSet;
import io.spikeformer.eval.EvaluationResult;
import io.spikeformer.eval.energy.LayerFiring;
import io.spikeformer.model.ClassLogits;
import io.spikeformer.model.CrossEntropy;
import io.spikeformer.model.Images;
import io.spikeformer.model.KernelProvider;
import io.spikeformer.model.SpikeformerModel;
import io.spikeformer.model.block.FiringCounts;
import io.spikeformer.model.config.MetaSpikeFormerConfig;
import io.spikeformer.model.config.NeuronConfig;
import io.spikeformer.model.cost.LayerCosts;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.tasks.classification.ClassResult;
import io.spikeformer.tasks.classification.ClassificationResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluatorTest {
  private static final List<String> CLASSES = List.of("a", "b", "c", "d", "e", "f", "g");
  private static final MetaSpikeFormerConfig CONFIG =
      MetaSpikeFormerConfig.builder("small")
          .widths(8, 16, 16, 16)
          .depths(1, 1)
          .classes(CLASSES.size())
          .stem(3, 1)
          .heads(2)
          .neuron(NeuronConfig.PAPER)
          .timesteps(2)
          .build();
  private static final TransformConfig TRANSFORM =
      TransformConfig.evaluation(new Crop.Whole(16), PixelNormalisation.CIFAR10);
  private static final EvaluationOptions OPTIONS =
      EvaluationOptions.of("seed 3").withBatchSize(4).withKernels("reference");
  private static final int[] ROWS = {6, 1, 4, 0, 9, 5, 3, 2, 7};

  @TempDir static Path folder;
  private static JavaSparkContext spark;
  private static float[] state;

  @BeforeAll
  static void start() {
    SparkConf conf =
        new SparkConf()
            .setMaster("local[2]")
            .setAppName("evaluation")
            .set("spark.ui.enabled", "false")
            .set("spark.serializer", "org.apache.spark.serializer.KryoSerializer")
            .set("spark.kryo.registrationRequired", "true")
            .registerKryoClasses(EvalKryoClasses.all());
    spark = new JavaSparkContext(conf);
    GeneratedShards.write(folder.resolve("test"), 16, CLASSES, ROWS);
    try (Kernels kernels = KernelProvider.create("reference", 1);
        SpikeformerModel model = SpikeformerModel.create(CONFIG, kernels, 3)) {
      state = model.state().toArray();
    }
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  @Test
  void resultIsTheSameForAnyNumberOfPartitions() {
    EvaluationResult one = evaluate(1);
    assertThat(one.samples()).isEqualTo(37);
    assertThat(evaluate(2)).isEqualTo(one);
    assertThat(evaluate(8)).isEqualTo(one);
    assertThat(evaluate(0)).isEqualTo(one);
  }

  @Test
  void fastKernelsGiveTheSameForAnyNumberOfPartitions() {
    EvaluationOptions fast = OPTIONS.withKernels("auto");
    EvaluationResult one = evaluate(fast.withPartitions(1));
    assertThat(evaluate(fast.withPartitions(8))).isEqualTo(one);
  }

  @Test
  void countsEqualThoseOfALocalRun() {
    EvaluationResult result = evaluate(2);
    FiringCounts firing = new FiringCounts(CONFIG.timesteps());
    long[] correct = new long[CLASSES.size()];
    double loss = 0;
    try (Kernels kernels = KernelProvider.create("reference", 1);
        SpikeformerModel model = SpikeformerModel.create(CONFIG, kernels, 3)) {
      model.collect(firing);
      ImageTransform transform = new ImageTransform(TRANSFORM);
      ContentDecoder decoder = new ContentDecoder();
      ShardSet shards = ShardSet.open(data(), new Configuration());
      for (int shard = 0; shard < ROWS.length; shard++) {
        for (Sample sample : shards.samples(shard)) {
          float[] pixels = new float[transform.length()];
          transform.apply(sample.key(), decoder.decode(sample), 0, pixels, 0, pixels.length);
          float[] logits = ClassLogits.mean(model.infer(Images.of(pixels, 1, 16, 16, 3)));
          int label = ClassLabel.of(sample.truth());
          loss += new CrossEntropy(0).loss(logits, new int[] {label}, 7, null);
          correct[label] += best(logits) == label ? 1 : 0;
        }
      }
    }
    assertThat(result.loss().orElseThrow()).isCloseTo(loss / 37, within(1e-6));
    assertThat(classes(result).classes().stream().mapToLong(ClassResult::topOne).toArray())
        .isEqualTo(correct);
    assertThat(result.firing().stream().map(LayerFiring::layer))
        .containsExactlyElementsOf(LayerCosts.neuronLayers(CONFIG));
    for (LayerFiring layer : result.firing()) {
      for (int t = 0; t < CONFIG.timesteps(); t++) {
        assertThat(layer.spikes().get(t)).isEqualTo(firing.spikes(layer.layer(), t));
        assertThat(layer.neurons().get(t)).isEqualTo(firing.neurons(layer.layer(), t));
      }
    }
    assertThat(result.firingRate()).isBetween(0.01, 0.99);
  }

  @Test
  void otherTimestepsThanTrainedAreEvaluated() {
    EvaluationResult result =
        Evaluator.evaluate(spark, CONFIG.withTimesteps(3), state, data(), TRANSFORM, OPTIONS);
    assertThat(result.fused().millijoulesPerTimestep()).hasSize(3);
    assertThat(result.firing().get(0).spikes()).hasSize(3);
  }

  @Test
  void theResultSaysWhereItsDataLayAndWhichTheyWere() {
    ShardSet shards = ShardSet.open(data(), new Configuration());
    EvaluationResult result = evaluate(2);
    assertThat(result.source().data()).isEqualTo("file:" + data());
    assertThat(result.source().checksum()).isEqualTo(shards.manifest().checksum());
  }

  @Test
  void theLastTimestepDecides() {
    EvaluationResult result = evaluate(2);
    assertThat(classes(result).topOneByTimestep()).hasSize(2);
    assertThat(classes(result).topOneByTimestep().get(1)).isEqualTo(classes(result).topOne());
  }

  @Test
  void aLimitTakesTheFirstSamplesAndIsSaid() {
    EvaluationResult some = evaluate(OPTIONS.withLimit(10).withPartitions(3));
    assertThat(some.samples()).isEqualTo(10);
    assertThat(some.notes()).contains("Only the first 10 of 37 samples were evaluated.");
    assertThat(evaluate(OPTIONS.withLimit(10).withPartitions(1))).isEqualTo(some);
    assertThat(evaluate(OPTIONS.withLimit(37))).isEqualTo(evaluate(1));
    assertThatThrownBy(() -> OPTIONS.withLimit(0))
        .hasMessage("evaluation limit: expected >= 1, found 0");
  }

  private static List<ColumnChunkMetaData> columns(org.apache.hadoop.fs.Path file)
      throws IOException {
    try (ParquetFileReader reader =
        ParquetFileReader.open(HadoopInputFile.fromPath(file, new Configuration()))) {
      return reader.getFooter().getBlocks().get(0).getColumns();
    }
  }

  @Test
  void predictionsHoldEverySampleOnceAndAgreeWithTheCounts() throws IOException {
    Path predictions = folder.resolve("predictions");
    Files.createDirectories(predictions);
    Files.write(predictions.resolve("part-00009.parquet"), new byte[] {1}); // of more shards
    EvaluationResult result =
        evaluate(OPTIONS.withPartitions(2).withPredictions(predictions.toString()));
    Set<String> keys = new HashSet<>();
    long right = 0;
    assertThat(predictions.resolve("part-00003.parquet")).doesNotExist(); // no samples
    for (int shard : withRows()) {
      org.apache.hadoop.fs.Path file =
          new org.apache.hadoop.fs.Path(
              predictions.resolve(Text.format("part-%05d.parquet", shard)).toUri());
      try (ParquetReader<Group> reader =
          ParquetReader.builder(new GroupReadSupport(), file).build()) {
        int rows = 0;
        for (Group row = reader.read(); row != null; row = reader.read()) {
          rows++;
          int label = row.getInteger("label", 0);
          assertThat(row.getString("key", 0)).startsWith(CLASSES.get(label) + "/");
          assertThat(keys.add(row.getString("key", 0))).isTrue();
          Group top = row.getGroup("top5", 0);
          Group logits = row.getGroup("logits", 0);
          assertThat(top.getFieldRepetitionCount("list")).isEqualTo(5);
          assertThat(logits.getFieldRepetitionCount("list")).isEqualTo(7);
          int best = top.getGroup("list", 0).getInteger("element", 0);
          float largest = logits.getGroup("list", best).getFloat("element", 0);
          for (int c = 0; c < 7; c++) {
            assertThat(logits.getGroup("list", c).getFloat("element", 0))
                .isLessThanOrEqualTo(largest);
          }
          right += best == label ? 1 : 0;
        }
        assertThat(rows).isEqualTo(ROWS[shard]);
      }
      assertThat(columns(file)).allSatisfy(column -> assertThat(column.getEncodings()).hasSize(1));
    }
    assertThat(predictions.resolve("part-00009.parquet")).doesNotExist();
    assertThat(right).isEqualTo(classes(result).topOne());
    assertThat(predictions).isDirectoryNotContaining("glob:**.unfinished*");
  }

  @Test
  void predictionsReplaceThoseOfEarlierEvaluationsAndNothingElse() throws IOException {
    Path predictions = folder.resolve("with-others");
    Files.createDirectories(predictions.resolve("part-00011.parquet"));
    Files.writeString(predictions.resolve("part-00011.parquet/mine.txt"), "mine");
    Files.writeString(predictions.resolve("baseline.parquet"), "mine");
    Files.writeString(predictions.resolve("part-of-mine.parquet"), "mine");
    Files.writeString(predictions.resolve("part-00010.parquet"), "of more shards");
    String killed = ".unfinished-part-00001.parquet-00000000-0000-4000-8000-000000000000";
    Files.writeString(predictions.resolve(killed), "half");
    evaluate(OPTIONS.withLimit(3).withPredictions(predictions.toString()));
    assertThat(predictions.resolve("baseline.parquet")).hasContent("mine");
    assertThat(predictions.resolve("part-of-mine.parquet")).hasContent("mine");
    assertThat(predictions.resolve("part-00011.parquet/mine.txt")).hasContent("mine");
    assertThat(predictions.resolve("part-00000.parquet")).isRegularFile();
    assertThat(predictions.resolve("part-00010.parquet")).doesNotExist();
    assertThat(predictions.resolve(killed)).doesNotExist();
  }

  @Test
  void progressReachesTheNumberOfSamples() {
    AtomicLong last = new AtomicLong();
    EvaluationProgress progress =
        (done, total) -> {
          assertThat(total).isEqualTo(37);
          last.set(done);
        };
    Evaluator.evaluate(
        spark, CONFIG, state, data(), TRANSFORM, OPTIONS.withPartitions(4).withProgress(progress));
    assertThat(last).hasValue(37);
  }

  @Test
  void otherClassesAndChannelsAreRefusedBeforeTheJob() {
    MetaSpikeFormerConfig ten = CONFIG.toBuilder().classes(10).build();
    assertThatThrownBy(() -> Evaluator.evaluate(spark, ten, state, data(), TRANSFORM, OPTIONS))
        .isInstanceOf(UserException.class)
        .hasMessageEndingWith(
            "/test: expected 10 classes as the model has, found 7; give the data or the model of the"
                + " other");
    MetaSpikeFormerConfig events = CONFIG.toBuilder().channels(2).build();
    assertThatThrownBy(() -> Evaluator.evaluate(spark, events, state, data(), TRANSFORM, OPTIONS))
        .isInstanceOf(UserException.class)
        .hasMessageEndingWith(
            "/test: expected a model of 3 input channels for images, found 2 in model small");
  }

  @Test
  void splitWithoutSamplesIsRefused() {
    GeneratedShards.write(folder.resolve("empty"), 16, CLASSES, 0);
    String empty = folder.resolve("empty").toString();
    assertThatThrownBy(() -> Evaluator.evaluate(spark, CONFIG, state, empty, TRANSFORM, OPTIONS))
        .isInstanceOf(UserException.class)
        .hasMessageEndingWith("/empty: expected samples, found none; prepare the split again");
  }

  @Test
  void stateOfAnotherModelIsRefused() {
    float[] other = new float[5];
    assertThatThrownBy(() -> Evaluator.evaluate(spark, CONFIG, other, data(), TRANSFORM, OPTIONS))
        .isInstanceOf(SparkException.class)
        .hasMessageContaining(
            "model state: expected " + state.length + " values for small, found 5");
  }

  @Test
  void damagedShardIsNamed() throws IOException {
    Path copy = folder.resolve("damaged");
    GeneratedShards.write(copy, 16, CLASSES, 3, 3);
    Path shard = copy.resolve("part-00001.parquet");
    byte[] bytes = Files.readAllBytes(shard);
    bytes[bytes.length / 2] ^= 1;
    Files.write(shard, bytes);
    assertThatThrownBy(
            () -> Evaluator.evaluate(spark, CONFIG, state, copy.toString(), TRANSFORM, OPTIONS))
        .hasMessageContaining("damaged shard")
        .hasMessageContaining("part-00001.parquet")
        .hasMessageContaining(UserException.class.getName());
  }

  @Test
  void splitOfAnotherTaskIsRefusedBeforeTheJob() throws IOException {
    Path copy = folder.resolve("boxes");
    GeneratedShards.write(copy, 16, CLASSES, 3, 3);
    Path manifest = copy.resolve("_manifest.json");
    Files.writeString(
        manifest, Files.readString(manifest).replace("\"classification\"", "\"detection\""));
    assertThatThrownBy(
            () -> Evaluator.evaluate(spark, CONFIG, state, copy.toString(), TRANSFORM, OPTIONS))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith(
            "shards of other samples: expected classification of images, found detection of images in ");
  }

  private static int[] withRows() {
    return IntStream.range(0, ROWS.length).filter(shard -> ROWS[shard] > 0).toArray();
  }

  private static EvaluationResult evaluate(int partitions) {
    return evaluate(OPTIONS.withPartitions(partitions));
  }

  private static EvaluationResult evaluate(EvaluationOptions options) {
    return Evaluator.evaluate(spark, CONFIG, state, data(), TRANSFORM, options);
  }

  private static String data() {
    return folder.resolve("test").toString();
  }

  private static int best(float[] logits) {
    int best = 0;
    for (int c = 1; c < logits.length; c++) {
      best = logits[c] > logits[best] ? c : best;
    }
    return best;
  }

  private static ClassificationResult classes(EvaluationResult result) {
    return (ClassificationResult) result.outcome();
  }
}
