package io.spikeformer.data.source;

import io.spikeformer.common.StorageException;
import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.files.ArchiveForm;
import io.spikeformer.data.files.DatasetFiles;
import io.spikeformer.data.files.Place;
import io.spikeformer.data.storage.Storage;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.hadoop.fs.Path;

/**
 * The annotations of a split of COCO: a .json file, or a member of a .zip file, which is {@code
 * instances_SPLIT2017.json} unless {@code ARCHIVE.zip!MEMBER} names another.
 */
record CocoAnnotationFile(Storage storage, Path archive, Place member) {
  private static final String MEMBER_MARK = ".zip!";

  /** Largest file of annotations in an archive; that of train2017 has 449 MB. */
  private static final long MAX_BYTES = 4L << 30;

  private static final int SHOWN = 10;

  /**
   * Finds the file.
   *
   * @param place what the user gave
   * @param split whose objects it holds
   */
  static CocoAnnotationFile of(Storage storage, String place, String split) {
    int mark = place.toLowerCase(Locale.ROOT).indexOf(MEMBER_MARK);
    Optional<ArchiveForm> form =
        ArchiveForm.of(mark < 0 ? place : MEMBER_MARK.substring(0, MEMBER_MARK.length() - 1));
    if (form.isEmpty()) {
      return new CocoAnnotationFile(storage, Storage.path(place), null);
    }
    if (form.get() != ArchiveForm.ZIP) {
      throw new UserException(
          "annotations: expected a .json or .zip file, found %s; unpack it and give the .json file",
          place);
    }
    int end = mark < 0 ? place.length() : mark + MEMBER_MARK.length() - 1;
    Path archive = Storage.path(place.substring(0, end));
    String wanted =
        mark < 0 ? Text.format("instances_%s2017.json", split) : place.substring(end + 1);
    List<Place> members = DatasetFiles.members(storage, archive);
    List<Place> found =
        members.stream()
            .filter(m -> mark < 0 ? m.name().equals(wanted) : m.path().equals(wanted))
            .toList();
    if (found.size() != 1) {
      throw new UserException(
          "annotations: expected %s in %s, found %s; name one as %s!MEMBER",
          wanted,
          archive,
          members.stream().map(Place::path).limit(SHOWN).toList(),
          archive.getName());
    }
    Place member = found.get(0);
    if (member.size() > MAX_BYTES) {
      throw new UserException(
          "annotations: expected at most %d bytes, found %d in %s of %s",
          MAX_BYTES, member.size(), member.path(), archive);
    }
    return new CocoAnnotationFile(storage, archive, member);
  }

  /** The content from its beginning; the caller closes it. */
  InputStream open() {
    if (member == null) {
      return storage.open(archive);
    }
    DatasetFiles files = DatasetFiles.of(storage, archive);
    try {
      return new FilterInputStream(files.open(member)) {
        @Override
        public void close() throws IOException {
          files.close();
        }
      };
    } catch (IOException failure) {
      files.close();
      throw new StorageException(failure, "cannot read %s: %s", this, failure.getMessage());
    }
  }

  @Override
  public String toString() {
    return member == null ? archive.toString() : archive + "!" + member.path();
  }
}
