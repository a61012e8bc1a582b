package io.spikeformer.data.source;

import io.spikeformer.common.Text;
import java.io.Serializable;
import java.util.List;

/**
 * The raw data of one sample, on its way to its shard, where it is checked. A plain class, not a
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
  private final String path;
  private final String labels;

  private RawSample(byte[] content, byte[] truth, int[] shape, String rejection) {
    this(content, truth, shape, rejection, new String[0], "", null);
  }

  private RawSample(
      byte[] content,
      byte[] truth,
      int[] shape,
      String rejection,
      String[] notes,
      String path,
      String labels) {
    this.content = content;
    this.truth = truth;
    this.shape = shape;
    this.rejection = rejection;
    this.notes = notes;
    this.path = path;
    this.labels = labels;
  }

  /** The same with what was decided while it was read, each in one line. */
  public RawSample withNotes(List<String> decisions) {
    String[] lines = decisions.toArray(String[]::new);
    return new RawSample(content, truth, shape, rejection, lines, path, labels);
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
        Text.format(
            "file too large: %d bytes, expected at most %d", size, SampleSource.MAX_FILE_BYTES));
  }

  /**
   * The same, and where it was read.
   *
   * @param file its path, below the split's prefix
   * @param labelImage the path of its label image; null if it has none
   */
  public RawSample from(String file, String labelImage) {
    return new RawSample(content, truth, shape, rejection, notes, file, labelImage);
  }

  /** Where it was read, below the split's prefix. */
  public String path() {
    return path;
  }

  /** Where its label image was read, or null. */
  public String labels() {
    return labels;
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

  /** The decisions while this was read. */
  public List<String> notes() {
    return List.of(notes);
  }

  /** Why this cannot become a sample, or null. */
  public String rejection() {
    return rejection;
  }
}
