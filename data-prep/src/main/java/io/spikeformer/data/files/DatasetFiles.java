package io.spikeformer.data.files;

import io.spikeformer.common.StorageException;
import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.sample.Rejection;
import io.spikeformer.data.storage.InvalidSampleException;
import io.spikeformer.data.storage.Storage;
import io.spikeformer.data.text.TextFile;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Consumer;
import java.util.zip.ZipException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * The files of a raw dataset by paths relative to its root: a folder, or a .zip or .tar file whose
 * members are read by range, without unpacking. After {@link #close} it opens its archive anew when
 * it is used again.
 *
 * <p>The root of an archive is the folder below which everything in it lies: {@code train2017} of
 * COCO's train2017.zip, {@code VOCdevkit/VOC2012} of VOC's .tar file.
 */
public interface DatasetFiles extends Closeable {
  /** Largest list of names that is read. */
  int MAX_LIST_BYTES = 16 << 20;

  /** The files directly in a folder, sorted, without hidden ones; none if there is no folder. */
  List<Place> list(String folder);

  /** The paths of files in the folders of a folder, without hidden ones, sorted. */
  List<String> deeper(String folder);

  /**
   * Why entries directly in a folder cannot be read, by their names: links that lead nowhere, and
   * what else {@link EntryRule} rejects in an archive.
   */
  SortedMap<String, String> rejected(String folder);

  /** Entries of an archive whose paths lead out of it; none in a folder. */
  default List<Rejection> outside() {
    return List.of();
  }

  /** The number of hidden files in folders and in all folders above them. */
  long ignored(Collection<String> folders);

  /** One file, empty if there is none. */
  Optional<Place> find(String path);

  /**
   * The content of a file that was listed or found, also by another instance; the caller closes it.
   * A member of a zip that is not what its directory says ends in a {@link ZipException}, a storage
   * that does not deliver it in its own exception.
   */
  InputStream open(Place place) throws IOException;

  /** The name of this dataset in messages. */
  String name();

  /** The prefix of paths in the input: empty, or an archive's root with a slash at its end. */
  default String root() {
    return "";
  }

  /** Whether these are files of a folder, not members of an archive. */
  default boolean isFolder() {
    return false;
  }

  /** Closes the archive, if one is open. */
  @Override
  void close();

  /** The names of the files directly in a folder. */
  default List<String> names(String folder) {
    return list(folder).stream().map(Place::name).toList();
  }

  /**
   * A whole file.
   *
   * @param place of it
   * @param limit most bytes that are accepted, checked before memory is taken
   * @throws InvalidSampleException if it is larger, or damaged in its archive
   * @throws UserException if the store cannot be read
   */
  default byte[] read(Place place, int limit) throws InvalidSampleException {
    if (place.size() > limit) {
      throw new InvalidSampleException(
          Text.format("file too large: %d bytes, expected at most %d", place.size(), limit));
    }
    try (InputStream stream = open(place)) {
      byte[] bytes = stream.readNBytes((int) place.size() + 1);
      if (bytes.length != place.size()) {
        throw new InvalidSampleException(
            Text.format(
                "%s: expected %d bytes, found %s",
                place.path(),
                place.size(),
                bytes.length > place.size() ? "more" : String.valueOf(bytes.length)));
      }
      return bytes;
    } catch (ZipException damage) {
      throw new InvalidSampleException(
          Text.format("%s: damaged in the archive: %s", place.path(), damage.getMessage()));
    } catch (IOException failure) {
      throw new StorageException(
          failure, "cannot read %s of %s: %s", place.path(), name(), failure.getMessage());
    }
  }

  /** A small text file, empty if there is none. */
  default Optional<TextFile> text(String path) {
    return find(path)
        .map(
            place -> {
              try {
                return TextFile.decode(path + " of " + name(), read(place, MAX_LIST_BYTES));
              } catch (InvalidSampleException damage) {
                throw new UserException(damage, "%s: %s", name(), damage.getMessage());
              }
            });
  }

  /** The names in a folder, at least one. */
  default List<String> requireNames(String folder) {
    List<String> names = names(folder);
    if (names.isEmpty()) {
      throw new UserException(
          "%s: expected files in %s, found none; give the folder that holds it", name(), folder);
    }
    return names;
  }

  /** A small text file that has to be there. */
  default TextFile requireText(String path) {
    return text(path)
        .orElseThrow(
            () ->
                new UserException(
                    "%s: expected the file %s, found none; give the folder that holds it",
                    name(), path));
  }

  /** All members of a .zip file, with their whole paths in it. */
  static List<Place> members(Storage storage, Path archive) {
    try (ZipFiles zip = new ZipFiles(storage, archive)) {
      return zip.all();
    }
  }

  /** Gives all entries of a .zip file to a visitor, in the order of its directory. */
  static void visit(Storage storage, Path archive, Consumer<Entry> visitor) {
    try (ZipFiles zip = new ZipFiles(storage, archive)) {
      zip.visit(visitor);
    }
  }

  /**
   * The dataset at a place on any Hadoop file system.
   *
   * @throws UserException if there is neither a folder nor a .zip or .tar file
   */
  static DatasetFiles of(Storage storage, Path root) {
    boolean folder = storage.status(root).map(FileStatus::isDirectory).orElse(true);
    if (folder) {
      return new FolderFiles(storage, root);
    }
    Optional<ArchiveForm> form = ArchiveForm.of(root.getName());
    if (form.isEmpty()) {
      throw new UserException(
          "unknown input: expected a folder or a .zip or .tar file, found %s", root);
    }
    return switch (form.get()) {
      case ZIP -> new ZipFiles(storage, root);
      case TAR -> new TarFiles(storage, root);
      case COMPRESSED_TAR ->
          throw new UserException(
              "compressed archive: expected a folder or a .zip or .tar file, found %s; unpack it:"
                  + " gzip -dc %s > %s",
              root,
              Text.shellWord(root.getName()),
              Text.shellWord(ArchiveForm.COMPRESSED_TAR.stem(root.getName()) + ".tar"));
    };
  }
}
