package io.spikeformer.data.output;

import io.spikeformer.common.UserException;
import io.spikeformer.data.storage.Storage;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.CommonPathCapabilities;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one check of a command's outputs, made before its work begins: an output never destroys.
 *
 * <p>A command names its inputs first, then its outputs. It refuses an output that is an input or
 * another output, under any name. It refuses a file in place of a folder, a folder in place of a
 * file, and a place with content of another kind. It refuses a place that cannot be written.
 * Content of the same kind may be replaced if the user has asked for it; a checkpoint never is.
 *
 * <p>A place is tried by a file that is deleted again at once.
 */
public final class OutputPlaces {
  private static final Logger LOG = LoggerFactory.getLogger(OutputPlaces.class);
  private static final String TRIAL = ".unfinished-trial-";

  /** The trial itself, in messages about it. */
  private static final Pattern TRIAL_NAME = Pattern.compile("/?\\.unfinished-[^\\s:)]*");

  private final Storage storage;
  private final Map<RealPlace, String> inputs = new LinkedHashMap<>();
  private final Map<RealPlace, String> closed = new LinkedHashMap<>();
  private final Map<RealPlace, String> outputs = new LinkedHashMap<>();

  /** A command that has named nothing yet. */
  public OutputPlaces(Storage storage) {
    this.storage = storage;
  }

  /**
   * Names an input: a file, or a folder beside whose content an output may lie.
   *
   * @param option that names it, for messages
   * @param location path or URI; null if the option was not given
   */
  public OutputPlaces reads(String option, String location) {
    if (location != null) {
      inputs.put(RealPlace.of(storage, Storage.path(location)), option + " " + location);
    }
    return this;
  }

  /**
   * Names an input folder that consists of the files in it: nothing may be written there.
   *
   * @param option that names it, for messages
   * @param location path or URI; null if the option was not given
   */
  public OutputPlaces readsAllOf(String option, String location) {
    if (location != null) {
      closed.put(RealPlace.of(storage, Storage.path(location)), option + " " + location);
    }
    return reads(option, location);
  }

  /**
   * Checks the place of a file.
   *
   * @param option that names it, for messages
   * @param location path or URI
   * @param kind of file that will be written; the one kind that may be replaced
   * @return the place to write to: behind the link, if the location is one
   * @throws UserException in one line that says what is there and what to do
   */
  public Path file(String option, String location, PlaceContent kind, Existing existing) {
    Path path = Storage.path(location);
    PlaceContent found = look(option, path);
    if (found.isFolder()) {
      throw refusal(
          option, "a file", found, path, "name a file in it, such as " + new Path(path, "NAME"));
    }
    boolean same = found == kind && kind != PlaceContent.CHECKPOINT;
    boolean own = same || found == PlaceContent.EMPTY_FILE;
    if (found != PlaceContent.NOTHING && !(own && mayReplace(existing))) {
      throw refusal(option, "a new name", found, path, advice("name", own, existing));
    }
    requireWritable(option, path, path.getParent() == null ? path : path.getParent());
    return RealPlace.behindLink(storage, path);
  }

  /**
   * Checks the place of a folder.
   *
   * @param option that names it, for messages
   * @param location path or URI
   * @param kind of folder that it becomes; the one kind that may be replaced or continued
   * @return what is there
   * @throws UserException in one line that says what is there and what to do
   */
  public PlaceContent folder(String option, String location, PlaceContent kind, Existing existing) {
    Path path = Storage.path(location);
    PlaceContent found = look(option, path);
    if (found != PlaceContent.NOTHING && !found.isFolder()) {
      throw refusal(option, "a folder or a new name", found, path, "give another name");
    }
    boolean own = found == kind;
    boolean isNew = found == PlaceContent.NOTHING || found == PlaceContent.EMPTY_FOLDER;
    if (!isNew && !(own && mayReplace(existing))) {
      String expected = "a new or empty folder";
      if (existing == Existing.CONTINUE) {
        expected += " or " + kind.words();
      }
      throw refusal(option, expected, found, path, advice("folder", own, existing));
    }
    requireWritable(option, path, path);
    return found;
  }

  private static boolean mayReplace(Existing existing) {
    return existing == Existing.REPLACE || existing == Existing.CONTINUE;
  }

  private static String advice(String what, boolean own, Existing existing) {
    return own && existing == Existing.KEEP
        ? "give --overwrite to replace it, or another " + what
        : "give another " + what;
  }

  private PlaceContent look(String option, Path path) {
    requireDistinct(option, path);
    FileStatus nearest = nearest(path);
    boolean there = real(nearest.getPath()).equals(real(path));
    if (nearest.isFile() && !there) {
      throw new UserException(
          "%s: expected folders above %s, found a file at %s; give another place",
          option, path, nearest.getPath());
    }
    return there ? PlaceContent.of(storage, path) : PlaceContent.NOTHING;
  }

  private void requireDistinct(String option, Path path) {
    RealPlace place = real(path);
    String input = inputs.get(place);
    if (input != null) {
      throw new UserException(
          "%s: expected another place than the input's, found %s, which is %s; give another place",
          option, path, input);
    }
    closed.forEach(
        (folder, name) -> {
          if (place.isInside(folder)) {
            throw new UserException(
                "%s: expected a place outside of the input, found %s inside %s; give another place",
                option, path, name);
          }
        });
    String other = outputs.put(place, option);
    if (other != null) {
      throw new UserException(
          "%s: expected another place than that of %s, found %s for both; give two places",
          option, other, path);
    }
  }

  private RealPlace real(Path path) {
    return RealPlace.of(storage, path);
  }

  /** The file or folder itself or the nearest one above it. */
  private FileStatus nearest(Path path) {
    UserException unreachable = null;
    for (Path above = path; above != null; above = above.getParent()) {
      Optional<FileStatus> status = Optional.empty();
      try {
        status = storage.status(above);
      } catch (UserException failure) {
        // below a file some stores fail instead of finding nothing
        unreachable = unreachable == null ? failure : unreachable;
      }
      if (status.isPresent() && (unreachable == null || status.get().isFile())) {
        return status.get();
      }
    }
    throw unreachable != null
        ? unreachable
        : new UserException("cannot look up %s: expected a root, found none", path);
  }

  /**
   * Writes a file and deletes it again.
   *
   * @param home folder that will hold what is written; it need not exist
   */
  private void requireWritable(String option, Path path, Path home) {
    FileStatus nearest = nearest(path);
    Path existing = nearest.isDirectory() ? nearest.getPath() : nearest.getPath().getParent();
    Path folder = rightsAreOfNames(path) ? home : existing;
    Path trial = new Path(folder, TRIAL + UUID.randomUUID());
    try {
      storage.writeText(trial, "");
      storage.delete(trial);
      deleteMarkers(folder, existing);
    } catch (UserException failure) {
      throw new UserException(
          failure,
          "%s: expected a place that can be written, found another at %s: %s; give another place",
          option,
          path,
          TRIAL_NAME.matcher(failure.getMessage()).replaceAll(""));
    }
  }

  /** An object store leaves a marker of an empty folder where the last file was deleted. */
  private void deleteMarkers(Path folder, Path existing) {
    try {
      for (Path marked = folder; marked.depth() > existing.depth(); marked = marked.getParent()) {
        storage.delete(marked);
      }
    } catch (UserException filled) {
      LOG.debug("a folder is kept, since something was written into it: {}", filled.getMessage());
    }
  }

  /** In an object store nobody has a right to a folder that does not exist. */
  private boolean rightsAreOfNames(Path path) {
    try {
      return storage
          .fileSystem(path)
          .hasPathCapability(path, CommonPathCapabilities.ABORTABLE_STREAM);
    } catch (IOException failure) {
      throw Storage.unreadable(path, failure);
    }
  }

  private static UserException refusal(
      String option, String expected, PlaceContent found, Path path, String advice) {
    return new UserException(
        "%s: expected %s, found %s at %s; %s", option, expected, found.words(), path, advice);
  }
}
