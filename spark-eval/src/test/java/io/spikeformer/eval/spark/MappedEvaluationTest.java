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
import io.spikeformer.eval.EvaluationCounts;
import io.spikeformer.eval.EvaluationResult;
import io.spikeformer.eval.HtmlReport;
import io.spikeformer.model.ClassLogits;
import io.spikeformer.model.CrossEntropy;
import io.spikeformer.model.Images;
import io.spikeformer.model.KernelProvider;
import io.spikeformer.model.Outputs;
import io.spikeformer.model.SpikeformerModel;
import io.spikeformer.model.block.ParameterLayout;
import io.spikeformer.model.config.MetaSpikeFormerConfig;
import io.spikeformer.model.config.NeuronConfig;
import io.spikeformer.model.config.Surrogate;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.tasks.classification.ClassMatching;
import io.spikeformer.tasks.classification.Classification;
import io.spikeformer.tasks.classification.ClassificationCounts;
import io.spikeformer.tasks.classification.ClassificationResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Data whose classes are some of the model's, or in another order. */
class MappedEvaluationTest {
  private static final List<String> CLASSES = List.of("a", "b", "c", "d", "e", "f", "g");
  private static final MetaSpikeFormerConfig CONFIG =
      MetaSpikeFormerConfig.builder("small")
          .widths(8, 8, 8, 8)
          .depths(1, 1)
          .classes(CLASSES.size())
          .stem(3, 1)
          .heads(1)
          // with the usual threshold not a neuron of so small a model fires
          .neuron(new NeuronConfig(2, 0.05, 1, Surrogate.SIGMOID, 4, true))
          .timesteps(2)
          .build();
  private static final TransformConfig TRANSFORM =
      TransformConfig.evaluation(new Crop.Whole(16), PixelNormalisation.CIFAR10);
  private static final EvaluationOptions OPTIONS =
      EvaluationOptions.of("m").withBatchSize(4).withKernels("reference");
  private static final int SHARDS = 2;
  private static final int ROWS = 9;

  @TempDir private static Path folder;
  private static JavaSparkContext spark;
  private static float[] state;

  @BeforeAll
  static void start() {
    spark =
        new JavaSparkContext(
            new SparkConf()
                .setMaster("local[2]")
                .setAppName("mapped evaluation")
                .set("spark.ui.enabled", "false"));
    try (Kernels kernels = KernelProvider.create("reference", 1);
        SpikeformerModel model = SpikeformerModel.create(CONFIG, kernels, 3)) {
      state = model.state().toArray();
    }
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private static String data(List<String> classes) {
    Path split = folder.resolve(String.join("", classes));
    GeneratedShards.write(split, 16, classes, ROWS, ROWS);
    return split.toString();
  }

  private static EvaluationResult evaluate(
      float[] weights, String data, EvaluationOptions options) {
    return Evaluator.evaluate(spark, CONFIG, weights, data, TRANSFORM, options);
  }

  /** The same model with its last layer's rows, and so its classes, in another order. */
  private static float[] reordered(List<String> order) {
    float[] other = state.clone();
    for (String name : List.of("head/linear.weight", "head/linear.bias")) {
      ParameterLayout.Entry entry = ParameterLayout.of(CONFIG).entry(name);
      int row = (int) entry.length() / CLASSES.size();
      for (int label = 0; label < CLASSES.size(); label++) {
        int from = (int) entry.offset() + CLASSES.indexOf(order.get(label)) * row;
        System.arraycopy(state, from, other, (int) entry.offset() + label * row, row);
      }
    }
    return other;
  }

  @Test
  void anotherOrderOfTheModelsClassesGivesTheSameByName() {
    List<String> order = List.of("c", "g", "a", "f", "b", "e", "d");
    String data = data(CLASSES);
    EvaluationResult expected = evaluate(state, data, OPTIONS.withModelClasses(CLASSES));
    EvaluationOptions named = OPTIONS.withModelClasses(order);
    EvaluationResult found =
        evaluate(reordered(order), data, named.withTask(new Classification(ClassMatching.NAME)));

    assertThat(found)
        .usingRecursiveComparison()
        .ignoringFields("outcome.matching")
        .isEqualTo(expected);
    assertThat(classes(expected).matching()).isEqualTo(ClassMatching.ORDER);
    assertThat(classes(found).matching()).isEqualTo(ClassMatching.NAME);
    assertThat(classes(evaluate(reordered(order), data, OPTIONS)).confusion())
        .as("what was computed without names")
        .isNotEqualTo(classes(expected).confusion());
    assertThatThrownBy(() -> evaluate(reordered(order), data, named))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("model m and data file:")
        .hasMessageEndingWith(
            "found 7 and 7 of them, the first difference at label 0 (c, a); --map-classes name"
                + " finds them by name");
  }

  @Test
  void someOfTheClassesAreEvaluatedAmongThemselves() throws IOException {
    List<String> some = List.of("e", "b", "g");
    int[] outputs = {4, 1, 6};
    String data = data(some);
    String predictions = folder.resolve("predictions").toString();
    EvaluationResult result =
        evaluate(
            state,
            data,
            OPTIONS
                .withModelClasses(CLASSES)
                .withTask(new Classification(ClassMatching.NAME))
                .withPredictions(predictions));

    EvaluationCounts local = local(data, outputs);
    ClassificationCounts expected = (ClassificationCounts) local.task();
    assertThat(classes(result).topOne()).isEqualTo(expected.topOne());
    assertThat(classes(result).topOneByTimestep()).isEqualTo(expected.topOneByTimestep());
    assertThat(classes(result).confusion()).isEqualTo(expected.confusion());
    assertThat(classes(result).calibration()).isEqualTo(expected.calibration());
    assertThat(result.loss().orElseThrow()).isCloseTo(local.loss().orElseThrow(), within(1e-6));
    assertThat(classes(result).classes()).extracting(c -> c.name()).isEqualTo(some);
    assertThat(classes(result).modelClassesUsed()).isEqualTo(3);
    assertThat(result.notes())
        .contains(
            "The data's classes were found by name: logits of 3 of the model's 7 classes were"
                + " used, no other class could be chosen.");
    assertThat(EvaluationResult.fromJson(result.toJson())).isEqualTo(result);
    assertThat(result.toJson()).contains("\"classes\" : \"name\"", "\"modelClassesUsed\" : 3");
    assertThat(HtmlReport.render(result)).contains("3 of the model&#39;s 7, found by name");
    assertNamed(Path.of(predictions), some);
  }

  @Test
  void numbersAreLabelsOfAModelThatNeedNotNameThem() {
    EvaluationResult byName =
        evaluate(
            state,
            data(List.of("e", "b", "g")),
            OPTIONS.withModelClasses(CLASSES).withTask(new Classification(ClassMatching.NAME)));
    EvaluationResult byNumber =
        evaluate(
            state,
            data(List.of("4", "1", "6")),
            OPTIONS.withTask(new Classification(ClassMatching.NUMBER)));
    assertThat(classes(byNumber).confusion()).isEqualTo(classes(byName).confusion());
    assertThat(byNumber.loss()).isEqualTo(byName.loss());
  }

  private static EvaluationCounts local(String data, int[] outputs) {
    ClassificationCounts counts = new ClassificationCounts(outputs.length, CONFIG.timesteps());
    EvaluationCounts all = new EvaluationCounts(counts, CONFIG.timesteps());
    ImageTransform transform = new ImageTransform(TRANSFORM);
    ContentDecoder decoder = new ContentDecoder();
    ShardSet shards = ShardSet.open(data, new Configuration());
    try (Kernels kernels = KernelProvider.create("reference", 1);
        SpikeformerModel model = SpikeformerModel.create(CONFIG, kernels, 3)) {
      model.freeze();
      for (int shard = 0; shard < SHARDS; shard++) {
        for (Sample sample : shards.samples(shard)) {
          float[] pixels = new float[transform.length()];
          transform.apply(sample.key(), decoder.decode(sample), 0, pixels, 0, pixels.length);
          Outputs answers = model.infer(Images.of(pixels, 1, 16, 16, 3));
          float[] logits = chosen(ClassLogits.mean(answers), outputs);
          int[] label = {ClassLabel.of(sample.truth())};
          counts.add(logits, label);
          double loss = new CrossEntropy(0).loss(logits, label, outputs.length, null);
          all.add(shard, 1, OptionalDouble.of(loss));
          counts.addTimesteps(chosen(ClassLogits.timesteps(answers), outputs), label);
        }
      }
    }
    return all;
  }

  private static float[] chosen(float[] logits, int[] outputs) {
    float[] some = new float[logits.length / CLASSES.size() * outputs.length];
    for (int i = 0; i < some.length; i++) {
      some[i] = logits[i / outputs.length * CLASSES.size() + outputs[i % outputs.length]];
    }
    return some;
  }

  private static void assertNamed(Path predictions, List<String> names) throws IOException {
    int rows = 0;
    for (int shard = 0; shard < SHARDS; shard++) {
      Path file = predictions.resolve(Text.format("part-%05d.parquet", shard));
      try (ParquetReader<Group> reader =
          ParquetReader.builder(new GroupReadSupport(), new org.apache.hadoop.fs.Path(file.toUri()))
              .build()) {
        for (Group row = reader.read(); row != null; row = reader.read()) {
          rows++;
          assertThat(row.getString("label_name", 0))
              .isEqualTo(names.get(row.getInteger("label", 0)))
              .isEqualTo(row.getString("key", 0).substring(0, 1));
          List<String> best = new ArrayList<>();
          List<String> expected = new ArrayList<>();
          for (int i = 0; i < names.size(); i++) {
            best.add(element(row, "top5_names", i).getString("element", 0));
            expected.add(names.get(element(row, "top5", i).getInteger("element", 0)));
          }
          assertThat(best).isEqualTo(expected).containsExactlyInAnyOrderElementsOf(names);
          assertThat(row.getGroup("logits", 0).getFieldRepetitionCount("list"))
              .isEqualTo(names.size());
        }
      }
    }
    assertThat(rows).isEqualTo(SHARDS * ROWS);
  }

  private static Group element(Group row, String column, int index) {
    return row.getGroup(column, 0).getGroup("list", index);
  }

  private static ClassificationResult classes(EvaluationResult result) {
    return (ClassificationResult) result.outcome();
  }
}
