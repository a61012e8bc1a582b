package io.spikeformer.data.source;

import io.spikeformer.data.files.ArchiveForm;
import io.spikeformer.data.files.Entry;
import java.util.List;
import java.util.Optional;

/**
 * Decides which entries are images of a split, and their class: {@code prefix/class/file}, {@code
 * prefix/class.tar} with files in it, or, with labels, wherever a labelled file lies.
 *
 * @param prefix prefix of the split's paths: empty or {@code split/}
 * @param labels which name images and all classes; or none, then folders name them
 */
record ClassLayout(String prefix, ImageLabels labels) {
  private static final int CLASS_AND_FILE = 2;

  /**
   * An entry of an input, or of the archive of a class in it.
   *
   * @param entry with its path in the input
   * @param archiveClass the class whose archive holds it; empty if none does
   */
  record Leaf(Entry entry, Optional<String> archiveClass) {
    static Leaf of(Entry entry) {
      return new Leaf(entry, Optional.empty());
    }
  }

  /** The treatment of a leaf: a sample with a key, {@code class/file}, or a reason to reject it. */
  record Placement(String key, String reason) {}

  /**
   * Whether an entry belongs to this split. A path that leads out of an archive belongs to every
   * split.
   */
  boolean holds(Entry entry) {
    return entry.path().startsWith(prefix) || entry.kind() == Entry.Kind.OUTSIDE;
  }

  /** Whether an entry shows that there is a folder of this split. */
  boolean shownBy(Entry entry) {
    return switch (entry.kind()) {
      case FILE, REJECTED -> entry.path().startsWith(prefix);
      case FOLDER -> (entry.path() + "/").startsWith(prefix);
      case HIDDEN, OUTSIDE -> false;
    };
  }

  /** The class whose images an entry holds as an archive of its own, as ImageNet's train set. */
  Optional<String> archiveClass(Entry entry) {
    if (entry.kind() != Entry.Kind.FILE || !holds(entry)) {
      return Optional.empty();
    }
    List<String> names = below(entry);
    String stem = ArchiveForm.TAR.stem(entry.name());
    return names.size() == 1 && !stem.isEmpty() && ArchiveForm.TAR.matches(entry.name())
        ? Optional.of(stem)
        : Optional.empty();
  }

  /** The class that the place of an entry tells, though it may hold no image. */
  Optional<String> folderClass(Leaf leaf) {
    Entry entry = leaf.entry();
    if (leaf.archiveClass().isPresent()) {
      return leaf.archiveClass();
    }
    List<String> names = below(entry);
    boolean inFolder =
        names.size() >= CLASS_AND_FILE || (entry.kind() == Entry.Kind.FOLDER && names.size() == 1);
    return inFolder && !names.get(0).isEmpty() ? Optional.of(names.get(0)) : Optional.empty();
  }

  /**
   * Places a file.
   *
   * @param leaf a file that this split holds
   */
  Placement place(Leaf leaf) {
    String name = leaf.entry().name();
    boolean inClass =
        leaf.archiveClass().isPresent() || below(leaf.entry()).size() == CLASS_AND_FILE;
    Optional<String> folder = folderClass(leaf).filter(unused -> inClass);
    Optional<String> labelled = labels.classOf(name);
    if (labelled.isPresent()) {
      return sample(labelled.get(), name);
    }
    if (!labels.given()) {
      return folder
          .map(className -> sample(className, name))
          .orElse(new Placement(null, "not a file in a class folder"));
    }
    return folder
        .filter(labels.classes()::contains)
        .map(className -> sample(className, name))
        .orElseGet(() -> unlabelled(folder));
  }

  private Placement unlabelled(Optional<String> folder) {
    String reason = "no label in " + labels.origin();
    return new Placement(
        null, folder.map(name -> reason + ", and no class named " + name).orElse(reason));
  }

  private static Placement sample(String className, String name) {
    return new Placement(className + "/" + name, null);
  }

  private List<String> below(Entry entry) {
    return List.of(entry.path().substring(prefix.length()).split("/"));
  }
}
