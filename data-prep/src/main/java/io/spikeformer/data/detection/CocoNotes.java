package io.spikeformer.data.detection;

import io.spikeformer.common.Text;
import io.spikeformer.data.sample.Note;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Counts what annotations that are used lack or share, and says what is made of it. */
final class CocoNotes {
  private static final int SHOWN = 10;

  private final Count boxesAlone =
      new Count("have no mask (segmentation is missing or empty): they are boxes alone");
  private final Count withoutArea = new Count("have no area: the box's width x height is taken");
  private final Count flatBoxes =
      new Count("have a box without width or height: they are kept as stated");
  private long[] ids = new long[64];
  private int size;

  /** Annotations of one kind. */
  private static final class Count {
    private final String what;
    private int annotations;
    private long first;

    Count(String what) {
      this.what = what;
    }

    void add(long id) {
      first = annotations == 0 ? id : first;
      annotations++;
    }
  }

  void add(CocoAnnotation.Sound annotation) {
    DetectedObject object = annotation.object();
    if (size == ids.length) {
      ids = Arrays.copyOf(ids, 2 * size);
    }
    ids[size++] = object.id();
    if (object.mask().isEmpty()) {
      boxesAlone.add(object.id());
    }
    if (annotation.area() == CocoAnnotation.AreaSource.BOX) {
      withoutArea.add(object.id());
    }
    if (object.box().area() == 0) {
      flatBoxes.add(object.id());
    }
  }

  /**
   * The decisions.
   *
   * @param file of the annotations
   * @param objects in byte form by image, those of rejected images left out
   */
  List<Note> notes(String file, Map<CocoImage, List<byte[]>> objects) {
    List<Note> notes = new ArrayList<>();
    Count twins = twins(objects.values());
    for (Count count : List.of(boxesAlone, withoutArea, flatBoxes, twins)) {
      if (count.annotations > 0) {
        notes.add(
            new Note(
                file,
                Text.format(
                    "%d of %d annotations %s; the first is annotation %d",
                    count.annotations, size, count.what, count.first)));
      }
    }
    TreeMap<Long, List<String>> repeated = repeated(objects);
    if (!repeated.isEmpty()) {
      List<String> shown =
          repeated.entrySet().stream()
              .limit(SHOWN)
              .map(
                  entry ->
                      Text.format("%d (%s)", entry.getKey(), String.join(", ", entry.getValue())))
              .toList();
      notes.add(
          new Note(
              file,
              Text.format(
                  "%d annotation ids are not unique: %s%s; every annotation is kept",
                  repeated.size(),
                  String.join("; ", shown),
                  repeated.size() > SHOWN ? "; ..." : "")));
    }
    return notes;
  }

  /** Objects, no crowds, that have class and box of one before them in their image. */
  private static Count twins(Collection<List<byte[]>> images) {
    Count twins =
        new Count("have class and box of another annotation of their image: all are kept");
    for (List<byte[]> objects : images) {
      Set<ByteBuffer> seen = new HashSet<>();
      for (byte[] object : objects) {
        if (!ObjectBytes.isCrowd(object) && !seen.add(ObjectBytes.classAndBox(object))) {
          twins.add(ObjectBytes.id(object));
        }
      }
    }
    return twins;
  }

  /** The names of the images of each id that several objects have. */
  private TreeMap<Long, List<String>> repeated(Map<CocoImage, List<byte[]>> objects) {
    Arrays.sort(ids, 0, size);
    TreeMap<Long, List<String>> repeated = new TreeMap<>();
    for (int i = 1; i < size; i++) {
      if (ids[i] == ids[i - 1]) {
        repeated.put(ids[i], new ArrayList<>());
      }
    }
    if (!repeated.isEmpty()) {
      objects.forEach(
          (image, ofImage) ->
              ofImage.stream()
                  .map(ObjectBytes::id)
                  .filter(repeated::containsKey)
                  .forEach(id -> repeated.get(id).add(image.fileName())));
      repeated.values().removeIf(names -> names.size() < 2);
    }
    return repeated;
  }
}
