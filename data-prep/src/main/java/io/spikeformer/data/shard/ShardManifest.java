package io.spikeformer.data.shard;

import io.spikeformer.common.Check;
import io.spikeformer.common.UserException;
import io.spikeformer.data.column.SampleColumns;
import io.spikeformer.data.column.SplitFacts;
import io.spikeformer.data.sample.ClassNames;
import io.spikeformer.data.sample.SampleKind;
import io.spikeformer.data.storage.Checksums;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The content of a prepared split. It is written last: a split without it is unfinished.
 *
 * @param schemaVersion of shards and manifest, {@value #SCHEMA_VERSION}
 * @param kind what its samples are; JSON has it as {@code task} and {@code content}
 * @param split its name, for example train
 * @param classes class names; a label is an index into them
 * @param source what the shards were made from
 * @param accepted samples in all shards
 * @param rejected input files listed in {@code _rejected.jsonl}
 * @param ignored hidden files that were passed over
 * @param noted decisions about accepted files, listed in {@code _notes.jsonl}
 * @param shards in the order of their index
 */
public record ShardManifest(
    int schemaVersion,
    SampleKind kind,
    String split,
    List<String> classes,
    Source source,
    long accepted,
    long rejected,
    long ignored,
    long noted,
    List<Shard> shards) {
  /** The version that this code writes; it reads versions 1 to 4 too. */
  public static final int SCHEMA_VERSION = 5;

  /** The name of the manifest's file. */
  public static final String FILE = "_manifest.json";

  /** The name of the file that lists what was rejected, one JSON object a line. */
  public static final String REJECTED_FILE = "_rejected.jsonl";

  /**
   * The name of the file that lists what was decided about accepted files, one JSON object a line;
   * it is there if there is something to list.
   */
  public static final String NOTES_FILE = "_notes.jsonl";

  /**
   * The source of the shards, which decides their bytes: two conversions with equal sources give
   * equal shards.
   *
   * @param dataset name of the kind of dataset, for example imagenet
   * @param input URI of the raw dataset
   * @param files input files of the split, before any is rejected
   * @param bytes their size together
   * @param seed of the one global shuffle
   * @param shards number of shards
   * @param settings of the dataset that differ from their defaults, by name
   * @param teacher whose logits are in the shards, or null
   */
  public record Source(
      String dataset,
      String input,
      long files,
      long bytes,
      long seed,
      int shards,
      SortedMap<String, String> settings,
      Teacher teacher) {
    /** The setting that names the checksum of all files and of what is known of them. */
    public static final String LISTING = "listing";

    /** Checks the ranges. */
    public Source {
      Objects.requireNonNull(dataset, "dataset");
      Objects.requireNonNull(input, "input");
      settings = Collections.unmodifiableSortedMap(new TreeMap<>(settings));
      Check.that(files >= 0 && bytes >= 0 && shards >= 1, "source: expected counts >= 0");
    }

    /** A conversion without a teacher. */
    public Source(
        String dataset,
        String input,
        long files,
        long bytes,
        long seed,
        int shards,
        SortedMap<String, String> settings) {
      this(dataset, input, files, bytes, seed, shards, settings, null);
    }

    /** Whether both make the same shards; splits from before listings were noted have none. */
    public boolean sameAs(Source other) {
      boolean listed = settings.containsKey(LISTING) && other.settings.containsKey(LISTING);
      return listed ? equals(other) : withoutListing().equals(other.withoutListing());
    }

    /** Whether both are made of the same raw data, whatever split of them. */
    public boolean ofSameData(Source other) {
      return dataset.equals(other.dataset) && input.equals(other.input);
    }

    private Source withoutListing() {
      SortedMap<String, String> fewer = new TreeMap<>(settings);
      fewer.remove(LISTING);
      return new Source(dataset, input, files, bytes, seed, shards, fewer, teacher);
    }

    /** The same samples with a teacher's logits. */
    public Source withTeacher(Teacher answering) {
      return new Source(dataset, input, files, bytes, seed, shards, settings, answering);
    }
  }

  /**
   * A model whose logits of every sample are in the shards.
   *
   * @param file its name, without a folder
   * @param sha256 of the file, in lower-case hexadecimal
   * @param classes logits of a sample, &gt;= 1
   * @param settings what else decides its answers, by name: how samples were prepared for it, how
   *     it was run
   * @param samples {@link ShardManifest#checksum} of the split that it answered for
   */
  public record Teacher(
      String file, String sha256, int classes, SortedMap<String, String> settings, String samples) {
    /** Checks the range. */
    public Teacher {
      Objects.requireNonNull(file, "teacher file");
      Objects.requireNonNull(sha256, "teacher sha256");
      Objects.requireNonNull(samples, "teacher samples");
      settings = Collections.unmodifiableSortedMap(new TreeMap<>(settings));
      Check.that(classes >= 1, "teacher classes: expected >= 1");
    }
  }

  /**
   * One shard.
   *
   * @param file its name, beside the manifest
   * @param rows samples in it
   * @param bytes size of the file
   * @param sha256 of the file, in lower-case hexadecimal
   */
  public record Shard(String file, int rows, long bytes, String sha256) {
    /** Checks the ranges. */
    public Shard {
      Objects.requireNonNull(file, "file");
      Objects.requireNonNull(sha256, "sha256");
      Check.that(rows >= 0 && bytes > 0, "shard %s: expected rows >= 0 and bytes > 0", file);
    }
  }

  /** A split in which nothing had to be decided. */
  public ShardManifest(
      int schemaVersion,
      SampleKind kind,
      String split,
      List<String> classes,
      Source source,
      long accepted,
      long rejected,
      long ignored,
      List<Shard> shards) {
    this(schemaVersion, kind, split, classes, source, accepted, rejected, ignored, 0, shards);
  }

  /** Checks that the parts agree with one another. */
  public ShardManifest {
    Check.that(schemaVersion == SCHEMA_VERSION, "schemaVersion: expected %s", SCHEMA_VERSION);
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(split, "split");
    Objects.requireNonNull(source, "source");
    columns(kind, source);
    classes = List.copyOf(classes);
    shards = List.copyOf(shards);
    long rows = shards.stream().mapToLong(Shard::rows).sum();
    Check.that(rows == accepted, "accepted: expected the sum of all rows, %s", rows);
    Check.that(
        rejected >= 0 && ignored >= 0 && noted >= 0, "rejected, ignored and noted: expected >= 0");
    Check.that(shards.size() == source.shards(), "shards: expected %s entries", source.shards());
    Check.that(
        classes.stream().distinct().count() == classes.size(), "classes: expected distinct names");
  }

  /** The columns of the shards. */
  public SampleColumns columns() {
    return columns(kind, source);
  }

  private static SampleColumns columns(SampleKind kind, Source source) {
    return new SampleColumns(kind, source.teacher() == null ? 0 : source.teacher().classes());
  }

  /** The facts by which samples are checked and described. */
  public SplitFacts facts() {
    return new SplitFacts(classes, source.settings());
  }

  /** SHA-256 of the checksums of all shards: it tells one split's samples from another's. */
  public String checksum() {
    return Checksums.sha256(
        shards.stream()
            .map(Shard::sha256)
            .collect(Collectors.joining("\n"))
            .getBytes(StandardCharsets.US_ASCII));
  }

  /** Rows of each shard, by index: what an order of samples is made from. */
  public int[] rows() {
    return shards.stream().mapToInt(Shard::rows).toArray();
  }

  /**
   * Checks that another split labels the same classes.
   *
   * @throws UserException naming the first difference
   */
  public void requireSameClasses(ShardManifest other) {
    requireClasses(other.split, other.classes);
  }

  /**
   * Checks that another split labels the same classes.
   *
   * @param otherSplit its name
   * @param found its classes
   * @throws UserException naming the first difference
   */
  public void requireClasses(String otherSplit, List<String> found) {
    Optional<String> difference = ClassNames.difference(classes, found);
    if (difference.isPresent()) {
      throw new UserException(
          "classes of splits %s and %s differ: expected the same sorted folder names, %s; prepare"
              + " both from folders with the same names",
          split, otherSplit, difference.get());
    }
  }
}
