package io.spikeformer.data.source;

import io.spikeformer.common.Text;
import io.spikeformer.data.files.Entry;
import io.spikeformer.data.files.EntryRule;
import io.spikeformer.data.sample.Rejection;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.apache.hadoop.fs.Path;

/** The files of one split in an input, gathered entry by entry, for every reader. */
final class ClassListing {
  private static final int CLASS_AND_FILE = 2;

  private final ClassLayout layout;
  private final Consumer<SourcePart.Item> samples;
  private final TreeSet<String> classes;
  private final List<Rejection> rejected = new ArrayList<>();
  private long accepted;
  private long bytes;
  private long ignored;
  private boolean shown;

  /** Whether files lie so deep that the input most likely holds other splits. */
  private boolean otherSplits;

  /**
   * An empty listing.
   *
   * @param layout decides which entries are images of the split
   * @param samples receives the images
   */
  ClassListing(ClassLayout layout, Consumer<SourcePart.Item> samples) {
    this.layout = layout;
    this.samples = samples;
    this.classes = new TreeSet<>(layout.labels().classes());
  }

  /** Notes an entry of the input. */
  void add(Entry entry) {
    add(ClassLayout.Leaf.of(entry));
  }

  /** Notes an entry of the input or of the archive of a class in it. */
  void add(ClassLayout.Leaf leaf) {
    Entry entry = leaf.entry();
    shown |= layout.shownBy(entry);
    if (!layout.holds(entry)) {
      return;
    }
    if (!layout.labels().given() && entry.kind() != Entry.Kind.OUTSIDE) {
      layout.folderClass(leaf).filter(name -> !EntryRule.hidden(name)).ifPresent(classes::add);
    }
    switch (entry.kind()) {
      case FOLDER -> {
        // only files are counted
      }
      case HIDDEN -> ignored++;
      case REJECTED, OUTSIDE -> rejected.add(new Rejection(entry.path(), entry.reason()));
      case FILE -> addFile(leaf);
    }
  }

  private void addFile(ClassLayout.Leaf leaf) {
    Entry entry = leaf.entry();
    ClassLayout.Placement placement = layout.place(leaf);
    bytes += entry.size();
    if (placement.key() == null) {
      rejected.add(new Rejection(entry.path(), placement.reason()));
      otherSplits |= layout.prefix().isEmpty() && entry.names().size() > CLASS_AND_FILE;
    } else {
      accepted++;
      samples.accept(
          new SourcePart.Item(placement.key(), entry.path(), entry.offset(), entry.size()));
    }
  }

  /** Whether the input has a folder of the split. */
  boolean isShown() {
    return shown;
  }

  /** The prefix of the split's paths. */
  String prefix() {
    return layout.prefix();
  }

  /**
   * The index of the files found.
   *
   * @param input for messages
   * @param split for messages
   * @param parts the images, to be read by tasks
   * @throws NothingUsableException if there are no images
   */
  SourceIndex toIndex(Path input, String split, List<SourcePart> parts) {
    if (accepted == 0) {
      throw nothing(input, split);
    }
    return new SourceIndex(
        List.copyOf(classes),
        parts,
        layout.prefix(),
        "",
        accepted + rejected.size(),
        bytes,
        ignored,
        rejected);
  }

  private NothingUsableException nothing(Path input, String split) {
    if (layout.labels().given()) {
      return new NothingUsableException(
          Text.format(
              "no images of split '%s': expected those that %s names in %s, found none",
              split, layout.labels().origin(), input),
          rejected);
    }
    return new NothingUsableException(
        Text.format(
            "no images of split '%s': expected %s/class/file or class/file in %s, found 0 files"
                + " in class"
                + " folders and %d at other places; name a split that it holds, or give the labels"
                + " of images without class folders",
            split, split, input, rejected.size()),
        otherSplits ? List.of() : rejected);
  }
}
