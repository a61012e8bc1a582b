package io.spikeformer.eval.spark;

import io.spikeformer.common.Labels;
import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.batch.SampleTruth;
import io.spikeformer.data.files.Entry;
import io.spikeformer.data.files.FolderWalk;
import io.spikeformer.data.image.InvalidImageException;
import io.spikeformer.data.sample.Sample;
import io.spikeformer.data.sample.TruthKind;
import io.spikeformer.data.segmentation.LabelCoding;
import io.spikeformer.data.segmentation.LabelMap;
import io.spikeformer.data.segmentation.LabelMapFiles;
import io.spikeformer.data.shard.ShardSet;
import io.spikeformer.data.spark.Broadcasts;
import io.spikeformer.data.spark.JobDescription;
import io.spikeformer.data.storage.Storage;
import io.spikeformer.tasks.segmentation.SegmentationCounts;
import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Compares label maps in a folder, {@code KEY.png} for every sample, with a prepared split in a
 * Spark job, shard by shard. The counts are the same for any number of tasks.
 */
public final class LabelMapScorer {
  private static final int MAX_FILE_BYTES = 256 << 20;

  private final ShardSet shards;
  private final Path folder;
  private final Storage storage;
  private final Coding coding;

  /** The numbers of classes in label maps. */
  public enum Coding {
    /** Classes from 0. */
    LABELS,
    /** As ADE20K's label images: classes from 1. */
    ADE20K;

    private String label() {
      return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The coding of a word of the command line.
     *
     * @throws IllegalArgumentException for any other word, naming the accepted ones
     */
    public static Coding of(String label) {
      return Labels.find("coding", values(), Coding::label, label);
    }

    private LabelCoding indices(int classes) {
      return this == ADE20K ? LabelCoding.ADE20K : LabelCoding.ofLabels(classes);
    }
  }

  /**
   * A folder and a split, looked at without Spark.
   *
   * @param predictions folder of label maps
   * @param data prepared split
   * @throws UserException if one of them cannot be used
   */
  public LabelMapScorer(
      String predictions, String data, Coding coding, Configuration configuration) {
    this.storage = new Storage(configuration);
    this.folder = Storage.path(predictions);
    this.coding = coding;
    this.shards = ShardSet.open(data, configuration);
    TruthKind truth = shards.manifest().kind().truth();
    if (truth != TruthKind.LABEL_MAP) {
      throw new UserException(
          "%s: expected a split prepared for segmentation, found one for %s; name another split",
          shards.location(), truth.task());
    }
    int classes = shards.manifest().classes().size();
    int expected = coding.indices(classes).classes();
    if (classes != expected) {
      throw new UserException(
          "coding ade20k: expected a split of %d classes, found %d in %s; leave --coding out",
          expected, classes, shards.location());
    }
    if (storage.status(folder).filter(FileStatus::isDirectory).isEmpty()) {
      throw new UserException(
          "predictions: expected a folder of label maps at %s, found none", folder);
    }
  }

  /** Names of the classes, in the order of the labels. */
  public List<String> classes() {
    return shards.manifest().classes();
  }

  /**
   * Counts the pixels of all samples.
   *
   * @throws UserException in one line that names the first file of a fault and tells how many more
   *     there are: a missing one, one of another size, with other indices, or that is no label map;
   *     a PNG file of another name
   */
  public SegmentationCounts count(JavaSparkContext spark) {
    TreeSet<String> files = files();
    Broadcast<SerializableConfiguration> hadoop =
        spark.broadcast(new SerializableConfiguration(storage.configuration()));
    Broadcast<TreeSet<String>> listed = spark.broadcast(files);
    try {
      int all = shards.manifest().shards().size();
      List<Integer> numbers = IntStream.range(0, all).boxed().toList();
      Spec spec = new Spec(shards.location(), folder.toString(), coding, classes().size());
      MemoryPreflight.BUILD.require(spark, all);
      String text = Text.format("score %d label maps", files.size());
      LabelMapScores scores =
          JobDescription.during(
              spark,
              "scoring",
              text,
              () ->
                  spark
                      .parallelize(numbers, all)
                      .mapPartitions(new CountTask(spec, hadoop, listed))
                      .treeReduce(LabelMapScorer::merged));
      requireSound(scores);
      requireNoOthers(files, scores.keys());
      return scores.counts();
    } finally {
      Broadcasts.destroy(listed);
      Broadcasts.destroy(hadoop);
    }
  }

  /** The PNG files below the folder. */
  private TreeSet<String> files() {
    TreeSet<String> files = new TreeSet<>();
    FolderWalk walk =
        new FolderWalk(
            storage,
            entry -> {
              if (entry.kind() == Entry.Kind.FILE && entry.path().endsWith(LabelMapFiles.ENDING)) {
                files.add(entry.path());
              }
            });
    walk.below(folder, "");
    return files;
  }

  private static LabelMapScores merged(LabelMapScores left, LabelMapScores right) {
    left.merge(right);
    return left;
  }

  private void requireSound(LabelMapScores scores) {
    if (scores.faults() > 0) {
      throw new UserException(
          "%s: %s%s",
          Storage.child(folder, scores.firstFile()),
          scores.firstFault(),
          more(scores.faults() - 1));
    }
  }

  private void requireNoOthers(TreeSet<String> files, List<String> keys) {
    for (String key : keys) {
      files.remove(LabelMapFiles.name(key));
      files.remove(LabelMapFiles.overlay(key));
    }
    if (!files.isEmpty()) {
      throw new UserException(
          "%s: expected files named by the keys of %s, such as %s, found another name%s",
          Storage.child(folder, files.first()),
          shards.location(),
          LabelMapFiles.name(keys.get(0)),
          more(files.size() - 1));
    }
  }

  private static String more(long others) {
    return others == 0
        ? ""
        : Text.format("; %d more %s at fault", others, others == 1 ? "file is" : "files are");
  }

  /**
   * The settings that every task has.
   *
   * @param data location of the shards
   * @param predictions folder of the label maps
   * @param classes number of classes
   */
  private record Spec(String data, String predictions, Coding coding, int classes)
      implements Serializable {}

  /** Counts the samples of shards. */
  private static final class CountTask
      implements FlatMapFunction<Iterator<Integer>, LabelMapScores> {
    private static final long serialVersionUID = 1;

    private final Spec spec;
    private final Broadcast<SerializableConfiguration> hadoop;
    private final Broadcast<TreeSet<String>> listed;

    CountTask(
        Spec spec, Broadcast<SerializableConfiguration> hadoop, Broadcast<TreeSet<String>> listed) {
      this.spec = spec;
      this.hadoop = hadoop;
      this.listed = listed;
    }

    @Override
    public Iterator<LabelMapScores> call(Iterator<Integer> numbers) {
      ShardSet shards = ShardSet.open(spec.data(), hadoop.value().value());
      Storage storage = new Storage(hadoop.value().value());
      LabelMapScores scores = new LabelMapScores(spec.classes());
      while (numbers.hasNext()) {
        shards.samples(numbers.next()).forEach(sample -> add(sample, storage, scores));
      }
      return List.of(scores).iterator();
    }

    private void add(Sample sample, Storage storage, LabelMapScores scores) {
      scores.note(sample.key());
      String file = LabelMapFiles.name(sample.key());
      LabelMap truth = truth(sample);
      if (!listed.value().contains(file)) {
        scores.fault(
            file, Text.format("expected a label map of sample %s, found no file", sample.key()));
        return;
      }
      try {
        Path path = Storage.child(Storage.path(spec.predictions()), file);
        LabelMap indices = LabelMap.decode(storage.read(path, MAX_FILE_BYTES));
        requireSize(indices, truth);
        LabelMap predicted = spec.coding().indices(spec.classes()).classes(indices);
        scores.counts().add(truth, predicted);
      } catch (InvalidImageException unusable) {
        scores.fault(file, unusable.getMessage());
      }
    }

    private LabelMap truth(Sample sample) {
      try {
        return LabelCoding.ofLabels(spec.classes()).apply(new SampleTruth(sample).labelMap());
      } catch (InvalidImageException foreign) {
        throw new UserException(
            foreign,
            "sample %s, label map: %s; prepare the data again",
            sample.key(),
            foreign.getMessage());
      }
    }

    private static void requireSize(LabelMap found, LabelMap truth) throws InvalidImageException {
      if (found.height() != truth.height() || found.width() != truth.width()) {
        throw new InvalidImageException(
            Text.format(
                "expected %d x %d pixels, as the sample has, found %d x %d",
                truth.height(), truth.width(), found.height(), found.width()));
      }
    }
  }
}
