package io.spikeformer.data.source;

import io.spikeformer.data.sample.Note;
import io.spikeformer.data.sample.Rejection;
import io.spikeformer.data.storage.Checksums;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;

/**
 * The content of one split of a raw dataset, known before any image is read.
 *
 * @param classes sorted names of the class folders; a label is an index into them
 * @param parts the pieces that tasks read
 * @param prefix prefix of a key in a path inside the input: empty or {@code split/}
 * @param root prefix of all paths in an archive whose files lie below one folder: empty, or with a
 *     slash at its end
 * @param files input files, those already rejected included
 * @param bytes their size together
 * @param ignored hidden files, passed over
 * @param rejected files that cannot be samples by their place alone
 * @param notes what was decided about the others, and could have been decided otherwise
 */
public record SourceIndex(
    List<String> classes,
    List<SourcePart> parts,
    String prefix,
    String root,
    long files,
    long bytes,
    long ignored,
    List<Rejection> rejected,
    List<Note> notes) {
  /** Copies the lists. */
  public SourceIndex {
    classes = List.copyOf(classes);
    parts = List.copyOf(parts);
    rejected = List.copyOf(rejected);
    notes = List.copyOf(notes);
  }

  /** An index without notes. */
  public SourceIndex(
      List<String> classes,
      List<SourcePart> parts,
      String prefix,
      String root,
      long files,
      long bytes,
      long ignored,
      List<Rejection> rejected) {
    this(classes, parts, prefix, root, files, bytes, ignored, rejected, List.of());
  }

  /** The same, of an input that begins further above; the prefix is empty or with a slash. */
  SourceIndex below(String folder) {
    List<Rejection> told = rejected.stream().map(one -> one.below(folder)).toList();
    return new SourceIndex(
        classes, parts, prefix, folder + root, files, bytes, ignored, told, notes);
  }

  /**
   * SHA-256 of the classes and of every file's key, size and truth: annotations or class names that
   * were corrected make another split of files that did not change. An archive that is read as one
   * stream has no list of files.
   */
  public String checksum() {
    MessageDigest digest = Checksums.sha256();
    classes.forEach(name -> update(digest, name.getBytes(StandardCharsets.UTF_8)));
    for (SourcePart part : parts) {
      for (int i = 0; i < part.files(); i++) {
        SourcePart.Item file = part.file(i);
        update(digest, file.key().getBytes(StandardCharsets.UTF_8));
        digest.update(ByteBuffer.allocate(Long.BYTES).putLong(file.size()).flip());
        update(digest, file.truth());
      }
    }
    return Checksums.text(digest.digest());
  }

  private static void update(MessageDigest digest, byte[] bytes) {
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
    digest.update(bytes);
  }
}
