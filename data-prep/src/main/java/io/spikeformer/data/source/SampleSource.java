package io.spikeformer.data.source;

import io.spikeformer.common.UserException;
import io.spikeformer.data.files.ArchiveForm;
import io.spikeformer.data.storage.Storage;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * A raw dataset of labelled images: folders named after classes, in a folder or in an archive, with
 * or without a folder named after the split above them.
 */
public interface SampleSource {
  /** Largest input file that is read. */
  int MAX_FILE_BYTES = 32 << 20;

  /** Looks through the dataset once. */
  SourceIndex index();

  /** Reads one part of the index. */
  SourceReader read(SourcePart part);

  /**
   * Whether a part may hold any files of the index, in any order, at no further cost: each is a
   * file of its own below one folder, and reading it is little work. Then the task that writes a
   * shard reads its files; else parts are read as they come, and the files sent to their shards.
   */
  default boolean readsFilesInAnyOrder() {
    return false;
  }

  /** The dataset at a place, its classes told by folders alone. */
  static SampleSource open(Storage storage, Path input, String split) {
    return open(storage, input, split, ImageLabels.NONE);
  }

  /**
   * The dataset at a place.
   *
   * @param storage where to read
   * @param input a folder or a .tar, .tar.gz, .tgz or .zip file
   * @param split name of the split
   * @param labels of images, wherever they lie
   * @throws UserException if there is neither
   */
  static SampleSource open(Storage storage, Path input, String split, ImageLabels labels) {
    FileStatus status =
        storage
            .status(input)
            .orElseThrow(
                () ->
                    new UserException(
                        "missing input: expected a folder or an archive at %s, found nothing",
                        input));
    if (status.isDirectory()) {
      return new FolderSource(storage, input, split, labels);
    }
    ArchiveForm form =
        ArchiveForm.of(input.getName())
            .orElseThrow(
                () ->
                    new UserException(
                        "unknown input: expected a folder or a .tar, .tar.gz, .tgz or .zip file,"
                            + " found %s",
                        input));
    return switch (form) {
      case TAR -> new TarSource(storage, input, split, labels);
      case COMPRESSED_TAR -> new ArchiveSource(storage, input, split, labels);
      case ZIP -> new ZipSource(storage, input, split, labels);
    };
  }
}
