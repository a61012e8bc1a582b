package io.spikeformer.data.files;

import io.spikeformer.common.Text;
import io.spikeformer.data.storage.Storage;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.apache.hadoop.fs.FileStatus;

/**
 * The one rule that decides how an entry is treated, for every reader: folders, .tar, .tar.gz and
 * .zip files.
 *
 * <p>A path that leads out of its archive comes first, then folders, then hidden names; what is
 * left is a file, or rejected for what it is. So a hidden link is ignored, not rejected.
 */
public final class EntryRule {
  /** Type of a folder in an incremental archive of GNU tar. */
  private static final byte DUMPED_FOLDER = 'D';

  private static final Set<String> HIDDEN = Set.of("thumbs.db", "desktop.ini", "__macosx");

  private EntryRule() {}

  /** Whether a file or folder of this name is left by an operating system, and is passed over. */
  public static boolean hidden(String name) {
    return name.startsWith(".") || HIDDEN.contains(name.toLowerCase(Locale.ROOT));
  }

  /**
   * An entry of a folder, whose links are followed.
   *
   * @param path of it, as messages show it
   * @param status what the file system says
   */
  public static Entry of(String path, FileStatus status) {
    String reason = status.isSymlink() ? Storage.DEAD_LINK : "";
    return of(path, status.isDirectory(), reason, 0, status.getLen());
  }

  /**
   * An entry of a .tar file.
   *
   * @param entry its header
   * @param offset of its content
   */
  static Entry of(TarArchiveEntry entry, long offset) {
    boolean link = entry.isSymbolicLink() || entry.isLink();
    boolean folder = !link && (entry.isDirectory() || entry.getLinkFlag() == DUMPED_FOLDER);
    return of(entry.getName(), folder, fault(entry), offset, entry.getSize());
  }

  /**
   * A member of a .zip file. Some tools write backslashes for slashes.
   *
   * @param zip its archive
   * @param entry from the archive's directory
   */
  static Entry of(ZipFile zip, ZipArchiveEntry entry) {
    String name = entry.getName();
    boolean backslashes = name.indexOf('/') < 0;
    name = backslashes ? name.replace('\\', '/') : name;
    String reason = "";
    if (entry.isUnixSymlink()) {
      reason = "a link, which is not followed in an archive; pack the file itself";
    } else if (!entry.getGeneralPurposeBit().usesEncryption() && !zip.canReadEntryData(entry)) {
      reason =
          Text.format(
              "compressed by method %d, which is not read; pack it with deflate",
              entry.getMethod());
    }
    return of(name, name.endsWith("/"), reason, 0, entry.getSize());
  }

  private static Entry of(String name, boolean folder, String fault, long offset, long size) {
    List<String> names =
        Arrays.stream(name.split("/")).filter(n -> !n.isEmpty() && !n.equals(".")).toList();
    boolean leadsOut =
        name.startsWith("/")
            || name.indexOf('\0') >= 0
            || names.contains("..")
            || (names.isEmpty() && !folder);
    if (leadsOut) {
      String shown = name.codePoints().mapToObj(EntryRule::printable).collect(Collectors.joining());
      return new Entry(
          shown, Entry.Kind.OUTSIDE, "a path that leads out of the archive", offset, size);
    }
    Entry.Kind kind =
        folder
            ? Entry.Kind.FOLDER
            : names.stream().anyMatch(EntryRule::hidden)
                ? Entry.Kind.HIDDEN
                : fault.isEmpty() ? Entry.Kind.FILE : Entry.Kind.REJECTED;
    String reason = kind == Entry.Kind.REJECTED ? fault : "";
    return new Entry(String.join("/", names), kind, reason, offset, size);
  }

  private static String printable(int character) {
    return Character.isISOControl(character) ? "?" : Character.toString(character);
  }

  /** Why the content of an entry of a .tar file is not read, or an empty text. */
  private static String fault(TarArchiveEntry entry) {
    if (entry.isSparse()) {
      return "a sparse file, which is not read in an archive; pack it without --sparse";
    }
    return switch (entry.getLinkFlag()) {
      case TarConstants.LF_SYMLINK, TarConstants.LF_LINK ->
          "a link, which is not followed in an archive; pack the file itself";
      case TarConstants.LF_CHR, TarConstants.LF_BLK, TarConstants.LF_FIFO ->
          "a device or a pipe, not a file";
      case TarConstants.LF_OLDNORM, TarConstants.LF_NORMAL, TarConstants.LF_CONTIG -> "";
      default -> Text.format("an entry of type '%c', not a file", (char) entry.getLinkFlag());
    };
  }
}
