package io.spikeformer.data.storage;

import io.spikeformer.common.UserException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/**
 * Files that Hadoop leaves out of its listings of the local file system: links that lead nowhere,
 * and names that Java cannot read.
 */
final class DeadLinks {
  /** The character that Java puts in the place of bytes that form no character. */
  private static final String UNREADABLE = "\uFFFD";

  private DeadLinks() {}

  /**
   * Those directly in a folder.
   *
   * @param local the file system
   * @param folder where to look
   * @param listed what Hadoop has found there
   */
  static List<FileStatus> in(RawLocalFileSystem local, Path folder, List<FileStatus> listed)
      throws IOException {
    File place = local.pathToFile(folder);
    String[] names = place.list();
    List<FileStatus> links = new ArrayList<>();
    if (names == null || names.length <= listed.size()) {
      return links;
    }
    Set<String> known = new HashSet<>();
    listed.forEach(entry -> known.add(entry.getPath().getName()));
    for (String name : names) {
      if (name.contains(UNREADABLE)) {
        throw unreadable(folder, name);
      }
      java.nio.file.Path file = place.toPath().resolve(name);
      // what else is missing was deleted in between
      if (!known.contains(name) && Files.isSymbolicLink(file)) {
        Path target = new Path(null, null, Files.readSymbolicLink(file).toString());
        Path link = Storage.child(folder, name);
        links.add(new FileStatus(0, false, 1, 0, 0, 0, null, null, null, target, link));
      }
    }
    return links;
  }

  private static UserException unreadable(Path folder, String name) {
    return new UserException(
        "cannot list %s: expected names in %s, found '%s'; set LC_ALL=C.UTF-8 or rename it",
        folder, System.getProperty("sun.jnu.encoding"), name);
  }
}
