package io.spikeformer.data.source;

import java.io.Serializable;
import java.util.List;

/**
 * What was read of one sample, on its way to its shard, where it is checked. A plain class, not a
 * record: Kryo 4 cannot fill records.
 */
public final class RawSample implements Serializable {
  private static final long serialVersionUID = 1;
  private static final byte[] NOTHING = {};

  private final byte[] content;
  private final byte[] truth;
  private final int[] shape;
  private final String rejection;
  private final String[] notes;

  private RawSample(byte[] content, byte[] truth, int[] shape, String rejection, String... notes) {
    this.content = content;
    this.truth = truth;
    this.shape = shape;
    this.rejection = rejection;
    this.notes = notes;
  }

  /** The same with what was decided while it was read, each in one line. */
  public RawSample withNotes(List<String> decisions) {
    return new RawSample(content, truth, shape, rejection, decisions.toArray(String[]::new));
  }

  /** A file; its label follows from its key. */
  public static RawSample of(byte[] content) {
    return new RawSample(content, NOTHING, new int[0], null);
  }

  /** An image file and what is true of it: annotations or a label map. */
  public static RawSample of(byte[] content, byte[] truth) {
    return new RawSample(content, truth, new int[0], null);
  }

  /** Packed event frames of [timesteps, 2, height, width], and their label. */
  public static RawSample frames(
      byte[] content, byte[] label, int timesteps, int height, int width) {
    return new RawSample(content, label, new int[] {timesteps, height, width}, null);
  }

  /** An input that cannot become a sample, and why. */
  public static RawSample rejected(String reason) {
    return new RawSample(NOTHING, NOTHING, new int[0], reason);
  }

  /** A file that is not read at all, for its size in bytes. */
  public static RawSample tooLarge(long size) {
    return rejected(
        "file too large: %d bytes, expected at most %d"
            .formatted(size, SampleSource.MAX_FILE_BYTES));
  }

  /** The file's bytes, or the frames; not copied. */
  public byte[] content() {
    return content;
  }

  /** Annotations, a label map or a label; not copied. */
  public byte[] truth() {
    return truth;
  }

  /** Timesteps, height and width of event frames. */
  public int[] shape() {
    return shape.clone();
  }

  /** What was decided while this was read. */
  public List<String> notes() {
    return List.of(notes);
  }

  /** Why this cannot become a sample, or null. */
  public String rejection() {
    return rejection;
  }
}
