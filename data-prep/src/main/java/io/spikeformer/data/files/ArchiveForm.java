package io.spikeformer.data.files;

import io.spikeformer.common.UserException;
import io.spikeformer.data.storage.Storage;
import java.util.Locale;
import java.util.Optional;
import org.apache.hadoop.fs.Path;

/** The forms of archives that are read, told by the ending of a name in any case. */
public enum ArchiveForm {
  /** Read by range. */
  TAR("tar", ".tar"),
  /** Read as one stream. */
  COMPRESSED_TAR("tar", ".tar.gz", ".tgz"),
  /** Read by range. */
  ZIP("zip", ".zip");

  private final String id;
  private final String[] endings;

  ArchiveForm(String id, String... endings) {
    this.id = id;
    this.endings = endings;
  }

  /** The form of a file of this name, empty if it is no archive. */
  public static Optional<ArchiveForm> of(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    for (ArchiveForm form : values()) {
      for (String ending : form.endings) {
        if (lower.endsWith(ending)) {
          return Optional.of(form);
        }
      }
    }
    return Optional.empty();
  }

  /** Whether a file of this name has this form. */
  public boolean matches(String name) {
    return of(name).filter(form -> form == this).isPresent();
  }

  /** A name without the ending of its form. */
  public String stem(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    for (String ending : endings) {
      if (lower.endsWith(ending)) {
        return name.substring(0, name.length() - ending.length());
      }
    }
    return name;
  }

  /**
   * The error of an archive that could not be read to its end: the storage's own, or else damage.
   *
   * @param archive its place
   * @param failure the fault that reading it has met
   */
  public UserException damaged(Path archive, Exception failure) {
    if (Storage.isUnreachable(failure)) {
      return Storage.unreadable(archive, failure);
    }
    return new UserException(
        failure,
        "damaged archive: expected a whole %s file, found in %s: %s; get the archive again",
        id,
        archive,
        String.valueOf(failure.getMessage()).lines().findFirst().orElse(""));
  }
}
