package io.spikeformer.data.source;

import io.spikeformer.data.files.Entry;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.Path;

/**
 * Lists an archive of class folders: below the folder of the split if it has one, else from the
 * top.
 */
final class ArchiveIndex {
  private static final int FILES_PER_PART = 4096;

  private final Path archive;
  private final String split;
  private final PartBuilder partsBelow;
  private final ClassListing below;
  private final ClassLayout layoutBelow;
  private final ClassLayout layoutAtTop;
  private PartBuilder partsAtTop;
  private ClassListing atTop;

  ArchiveIndex(Path archive, String split, ImageLabels labels) {
    this.archive = archive;
    this.split = split;
    String prefix = split + "/";
    this.layoutBelow = new ClassLayout(prefix, labels);
    this.layoutAtTop = new ClassLayout("", labels);
    this.partsBelow = new PartBuilder(archive.toString(), prefix, FILES_PER_PART);
    this.partsAtTop = new PartBuilder(archive.toString(), "", FILES_PER_PART);
    this.below = new ClassListing(layoutBelow, partsBelow::add);
    this.atTop = new ClassListing(layoutAtTop, partsAtTop::add);
  }

  /** The class whose images an entry holds as an archive of its own. */
  Optional<String> archiveClass(Entry entry) {
    return layoutBelow.archiveClass(entry).or(() -> layoutAtTop.archiveClass(entry));
  }

  /** Notes an entry. */
  void add(ClassLayout.Leaf leaf) {
    below.add(leaf);
    if (below.isShown()) {
      // what was kept of the other layout is given up
      atTop = null;
      partsAtTop = null;
    } else {
      atTop.add(leaf);
    }
  }

  /** The entries, to be read by range. */
  SourceIndex toIndex() {
    return below.isShown()
        ? below.toIndex(archive, split, partsBelow.parts())
        : atTop.toIndex(archive, split, partsAtTop.parts());
  }

  /** The entries, to be read as one stream. */
  SourceIndex toStreamIndex() {
    ClassListing found = below.isShown() ? below : atTop;
    return found.toIndex(
        archive, split, List.of(SourcePart.archive(archive.toString(), found.prefix())));
  }
}
