package io.spikeformer.data.spark;

import io.spikeformer.common.UserException;
import io.spikeformer.data.sample.Note;
import io.spikeformer.data.sample.Rejection;
import io.spikeformer.data.shard.ManifestFormat;
import io.spikeformer.data.shard.ShardManifest;
import io.spikeformer.data.shard.ShardWriter;
import io.spikeformer.data.storage.Storage;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * The folder of a split, as the driver sees it. While it is unfinished, a note in it says what it
 * is being made from, so that a rerun neither mixes two conversions nor repeats work.
 */
final class SplitFolder {
  private static final String NOTE = "_unfinished.json";
  private static final int NOTE_LIMIT = 1 << 20;

  private final Storage storage;
  private final Path folder;
  private final ShardManifest.Source source;
  private final Optional<ShardManifest> manifest;

  /**
   * The folder of a conversion.
   *
   * @param source decides the bytes of all shards
   */
  SplitFolder(Storage storage, Path folder, ShardManifest.Source source) {
    this.storage = storage;
    this.folder = folder;
    this.source = source;
    this.manifest = manifestOf(folder);
  }

  Path folder() {
    return folder;
  }

  /** The source of the shards. */
  ShardManifest.Source source() {
    return source;
  }

  /** The manifest of an earlier, finished run. */
  Optional<ShardManifest> manifest() {
    return manifest;
  }

  /**
   * Makes sure that the folder is new or comes from the same source. The classes must be those of
   * the other splits: of all that lie beside it, as prepare puts them, and of taught ones those
   * that the manifests say are made of the same raw data.
   */
  void requireOwn(List<String> classes) {
    Path note = new Path(folder, NOTE);
    if (manifest.isPresent()) {
      requireSameSource(manifest.get().source());
    } else if (storage.exists(note)) {
      requireSameSource(ManifestFormat.readSource(storage.readText(note, NOTE_LIMIT)));
    }
    requireClassesOfOtherSplits(classes);
  }

  /** Notes the source in the folder. */
  void claim() {
    storage.writeText(new Path(folder, NOTE), ManifestFormat.toJson(source) + "\n");
  }

  /** Indexes of the shards that lie there. */
  List<Integer> presentShards() {
    List<String> names =
        storage.list(folder).stream().map(entry -> entry.getPath().getName()).toList();
    return IntStream.range(0, source.shards())
        .filter(shard -> names.contains(ShardWriter.file(folder, shard).getName()))
        .boxed()
        .toList();
  }

  /** Whether a shard that lies there is what the manifest says, if there is one. */
  boolean agrees(ShardWriter.Written found) {
    return manifest.isEmpty() || manifest.get().shards().get(found.index()).equals(found.shard());
  }

  /** From here on the split counts as unfinished. */
  void withdrawManifest() {
    storage.delete(new Path(folder, ShardManifest.FILE));
  }

  /** Writes the list of rejected files. */
  Path writeRejections(List<Rejection> rejections) {
    Path list = new Path(folder, ShardManifest.REJECTED_FILE);
    ManifestFormat.writeLines(storage, list, rejections);
    return list;
  }

  /** Writes the list of what was decided about the others; no file without any. */
  void writeNotes(List<Note> notes) {
    Path list = new Path(folder, ShardManifest.NOTES_FILE);
    if (notes.isEmpty()) {
      storage.delete(list);
    } else {
      ManifestFormat.writeLines(storage, list, notes);
    }
  }

  /** Deletes all except the lists: of shards without samples nothing can be gone on with. */
  void abandon() {
    presentShards().forEach(shard -> storage.delete(ShardWriter.file(folder, shard)));
    clear();
  }

  /** Writes the list of rejected files of a folder in which no conversion has begun. */
  static Optional<Path> listRejections(Storage storage, Path folder, List<Rejection> rejections) {
    boolean begun =
        storage.list(folder).stream()
            .anyMatch(entry -> !entry.getPath().getName().equals(ShardManifest.REJECTED_FILE));
    return rejections.isEmpty() || begun
        ? Optional.empty()
        : Optional.of(new SplitFolder(storage, folder, null).writeRejections(rejections));
  }

  /** Writes the manifest and clears away the note and what interrupted writes have left. */
  void finish(ShardManifest finished) {
    ManifestFormat.write(storage, folder, finished);
    clear();
  }

  /** Clears away the note and what interrupted writes have left. */
  void clear() {
    storage.delete(new Path(folder, NOTE));
    for (FileStatus entry : storage.list(folder)) {
      if (Storage.isUnfinished(entry.getPath().getName())) {
        storage.delete(entry.getPath());
      }
    }
  }

  private void requireSameSource(ShardManifest.Source earlier) {
    if (!earlier.sameAs(source)) {
      throw new UserException(
          "output holds another conversion: expected %s, found %s in %s; choose another output or"
              + " delete that folder",
          ManifestFormat.toJson(source), ManifestFormat.toJson(earlier), folder);
    }
  }

  private void requireClassesOfOtherSplits(List<String> classes) {
    for (FileStatus entry : storage.list(folder.getParent())) {
      if (entry.isDirectory() && !entry.getPath().getName().equals(folder.getName())) {
        split(entry.getPath()).ifPresent(other -> other.requireClasses(folder.getName(), classes));
      }
    }
  }

  /** The split in a folder beside this one; empty if it has nothing to do with this one. */
  private Optional<ShardManifest> split(Path beside) {
    if (source.teacher() == null) {
      return manifestOf(beside);
    }
    try {
      return manifestOf(beside).filter(other -> other.source().ofSameData(source));
    } catch (UserException unreadable) {
      // whoever teaches chooses the folder: what else lies there is not theirs to mend
      return Optional.empty();
    }
  }

  private Optional<ShardManifest> manifestOf(Path split) {
    return storage.exists(new Path(split, ShardManifest.FILE))
        ? Optional.of(ManifestFormat.read(storage, split))
        : Optional.empty();
  }
}
