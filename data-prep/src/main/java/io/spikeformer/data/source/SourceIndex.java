package io.spikeformer.data.source;

import io.spikeformer.data.Rejection;
import java.util.List;

/**
 * What a raw dataset holds of one split, known before any image is read.
 *
 * @param classes sorted names of the class folders; a label is an index into them
 * @param parts the pieces that tasks read
 * @param prefix what stands before a key in a path inside the input: empty or {@code split/}
 * @param files input files, those already rejected included
 * @param bytes their size together
 * @param ignored hidden files, passed over
 * @param rejected what cannot be a sample by its place alone
 */
public record SourceIndex(
    List<String> classes,
    List<SourcePart> parts,
    String prefix,
    long files,
    long bytes,
    long ignored,
    List<Rejection> rejected) {
  /** Copies the lists. */
  public SourceIndex {
    classes = List.copyOf(classes);
    parts = List.copyOf(parts);
    rejected = List.copyOf(rejected);
  }
}
