package io.spikeformer.data.detection;

import io.spikeformer.data.sample.Note;
import io.spikeformer.data.sample.Rejection;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A COCO annotation file in memory: images with their objects in byte form, about a quarter
 * kilobyte an object. So the 860,001 annotations of train2017 fit into a heap of 1 GB.
 */
public final class CocoDataset {
  private final CocoIndex index;
  private final List<CocoImage> images;
  private final LinkedHashMap<CocoImage, List<byte[]>> objects;
  private final List<Rejection> rejected;
  private final List<Note> notes;

  private CocoDataset(
      CocoIndex index,
      LinkedHashMap<CocoImage, List<byte[]>> objects,
      List<Rejection> rejected,
      List<Note> notes) {
    this.index = index;
    this.images = List.copyOf(objects.keySet());
    this.objects = objects;
    this.rejected = List.copyOf(rejected);
    this.notes = List.copyOf(notes);
  }

  /**
   * Reads a file in two passes.
   *
   * @param open opens it anew; each stream is closed
   * @param file its name, for messages
   * @throws io.spikeformer.data.storage.UserException if it is no such file, damaged or incomplete
   */
  public static CocoDataset read(Supplier<InputStream> open, String file) {
    CocoIndex index = CocoReader.index(open.get(), file);
    Map<Long, List<byte[]>> objects = new HashMap<>();
    Map<Long, String> faults = new HashMap<>();
    List<Rejection> rejected = new ArrayList<>();
    CocoNotes notes = new CocoNotes();
    try (CocoAnnotations annotations = CocoReader.annotations(open.get(), index)) {
      while (annotations.hasNext()) {
        CocoAnnotation annotation = annotations.next();
        if (annotation instanceof CocoAnnotation.Sound sound) {
          objects
              .computeIfAbsent(sound.imageId(), id -> new ArrayList<>(4))
              .add(ObjectBytes.encode(sound.object()));
          notes.add(sound);
        } else if (annotation instanceof CocoAnnotation.Faulty faulty) {
          if (index.image(faulty.imageId()).isPresent()) {
            faults.putIfAbsent(faulty.imageId(), faulty.reason());
          } else {
            rejected.add(new Rejection(file, faulty.reason()));
          }
        }
      }
    }
    LinkedHashMap<CocoImage, List<byte[]>> usable = new LinkedHashMap<>();
    for (CocoImage image : index.images()) {
      String fault = faults.get(image.id());
      if (fault == null) {
        usable.put(image, objects.getOrDefault(image.id(), List.of()));
      } else {
        // an image with some of its annotations would be another sample
        rejected.add(new Rejection(image.fileName(), fault));
      }
    }
    return new CocoDataset(index, usable, rejected, notes.notes(file, usable));
  }

  /** All images and categories, those of rejected images too. */
  public CocoIndex index() {
    return index;
  }

  /** Names of the classes by label. */
  public List<String> classes() {
    return index.classes();
  }

  /** The usable images in the file's order, those without annotations too. */
  public List<CocoImage> images() {
    return images;
  }

  /** Images with a faulty annotation, by file name, and annotations of no image, by this file. */
  public List<Rejection> rejected() {
    return rejected;
  }

  /** Notes on annotations that lack something: how many there are and how this file reads them. */
  public List<Note> notes() {
    return notes;
  }

  /** Objects of an image in the file's order. */
  public List<DetectedObject> objects(CocoImage image) {
    return ObjectBytes.decode(image.fileName(), objectBytes(image), image.height(), image.width());
  }

  /** The byte form of an image's objects, as {@link ObjectBytes} defines it. */
  public byte[] objectBytes(CocoImage image) {
    return ObjectBytes.join(image.fileName(), objects.getOrDefault(image, List.of()));
  }
}
