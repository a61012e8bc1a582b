package io.spikeformer.data.spark;

import io.spikeformer.common.UserException;
import io.spikeformer.data.output.Existing;
import io.spikeformer.data.output.OutputPlaces;
import io.spikeformer.data.output.PlaceContent;
import io.spikeformer.data.shard.ShardManifest;
import io.spikeformer.data.source.Dataset;
import io.spikeformer.data.source.DatasetSpec;
import io.spikeformer.data.source.Datasets;
import io.spikeformer.data.source.NothingUsableException;
import io.spikeformer.data.source.SourceIndex;
import io.spikeformer.data.storage.Storage;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * The inputs of a conversion, found and checked without Spark and without writing anything but the
 * list of the files of an input without any usable file.
 */
public final class PrepareInputs {
  private static final String OPTION = "--output";

  private final PrepareOptions options;
  private final Dataset dataset;
  private final SourceIndex index;
  private final SplitFolder output;

  private PrepareInputs(
      PrepareOptions options, Dataset dataset, SourceIndex index, SplitFolder output) {
    this.options = options;
    this.dataset = dataset;
    this.index = index;
    this.output = output;
  }

  /**
   * Looks at the output's place, then lists the input.
   *
   * @throws UserException in one line if the input cannot be used or the output holds something
   *     else
   */
  public static PrepareInputs of(PrepareOptions options, Storage storage) {
    Path folder = place(options, storage);
    Dataset dataset = Datasets.open(storage, options.dataset());
    SourceIndex index = index(dataset, storage, folder);
    SplitFolder output = new SplitFolder(storage, folder, source(options, index));
    output.requireOwn(index.classes());
    return new PrepareInputs(options, dataset, index, output);
  }

  /** Looks through the input; if nothing of it can be used, its files are listed all the same. */
  private static SourceIndex index(Dataset dataset, Storage storage, Path folder) {
    try {
      return dataset.index();
    } catch (NothingUsableException nothing) {
      throw SplitFolder.listRejections(storage, folder, nothing.rejected())
          .map(list -> new UserException(nothing, "%s; see %s", nothing.getMessage(), list))
          .orElse(nothing);
    }
  }

  private static Path place(PrepareOptions options, Storage storage) {
    Path all = Storage.path(options.output());
    Path folder = new Path(all, options.dataset().split());
    if (PlaceContent.of(storage, all) == PlaceContent.SPLIT) {
      throw new UserException(
          "%s: expected a folder for splits, found a prepared split at %s; give another folder",
          OPTION, all);
    }
    String input = options.dataset().input();
    Path split = new Path(input, options.dataset().split());
    boolean hasSplit = storage.status(split).filter(FileStatus::isDirectory).isPresent();
    new OutputPlaces(storage)
        .readsAllOf("--input", hasSplit ? split.toString() : input)
        .folder(OPTION, folder.toString(), PlaceContent.SPLIT, Existing.CONTINUE);
    return folder;
  }

  private static ShardManifest.Source source(PrepareOptions options, SourceIndex index) {
    DatasetSpec dataset = options.dataset();
    return new ShardManifest.Source(
        dataset.dataset(),
        dataset.input(),
        index.files(),
        index.bytes(),
        options.seed(),
        options.shards(),
        dataset.with(ShardManifest.Source.LISTING, index.checksum()).settings());
  }

  /** The split's name. */
  public String split() {
    return options.dataset().split();
  }

  PrepareOptions options() {
    return options;
  }

  Dataset dataset() {
    return dataset;
  }

  SourceIndex index() {
    return index;
  }

  SplitFolder output() {
    return output;
  }
}
