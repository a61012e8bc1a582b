package io.spikeformer.train;

import io.spikeformer.data.shard.ShardManifest;
import io.spikeformer.train.teacher.TeacherIdentity;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.CRC32C;

/**
 * The data that a training learns from, as its checkpoints name them.
 *
 * @param samples the identity of the samples: two splits with the same text hold the same ones
 * @param teacher the one that answers in the steps; null without one, and in checkpoints that were
 *     written before it was named there
 */
public record DataIdentity(String samples, TeacherIdentity teacher) {
  private static final String TEACHER = "; teacher ";
  private static final Pattern WITH_TEACHER =
      Pattern.compile("(.*?)" + TEACHER + "(.*), SHA-256 ([0-9a-f]{64})");

  /** The identity of a split and a teacher, or null. */
  public static DataIdentity of(ShardManifest manifest, TeacherIdentity teacher) {
    String checksums =
        manifest.shards().stream().map(ShardManifest.Shard::sha256).collect(Collectors.joining());
    CRC32C digest = new CRC32C();
    digest.update(checksums.getBytes(StandardCharsets.US_ASCII));
    String samples =
        manifest.accepted()
            + " samples in "
            + manifest.shards().size()
            + " shards, checksum "
            + Long.toHexString(digest.getValue());
    return new DataIdentity(samples, teacher);
  }

  /** Reads back what {@link #text} wrote. */
  public static DataIdentity parse(String text) {
    Matcher found = WITH_TEACHER.matcher(text);
    return found.matches()
        ? new DataIdentity(found.group(1), new TeacherIdentity(found.group(2), found.group(3)))
        : new DataIdentity(text, null);
  }

  /** As it stands in checkpoints. */
  public String text() {
    return teacher == null ? samples : samples + TEACHER + teacher;
  }

  /** Whether both name a teacher, and its content is the same, wherever the files lie. */
  boolean hasTeacherOf(DataIdentity other) {
    return comparable(other) && teacher.sha256().equals(other.teacher.sha256());
  }

  /** Whether both name a teacher, and its content is not the same. */
  boolean hasAnotherTeacherThan(DataIdentity other) {
    return comparable(other) && !teacher.sha256().equals(other.teacher.sha256());
  }

  private boolean comparable(DataIdentity other) {
    return teacher != null && other.teacher != null;
  }
}
