package io.spikeformer.data.detection;

import io.spikeformer.common.Check;
import io.spikeformer.common.UserException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Images and categories of a COCO annotation file: what is needed to read its annotations. */
public final class CocoIndex implements Serializable {
  private final String file;
  private final List<String> classes;
  private final HashMap<Long, Integer> labels = new HashMap<>();
  private final LinkedHashMap<Long, CocoImage> images = new LinkedHashMap<>();

  /**
   * The index of a file.
   *
   * @param file its name, for messages
   * @param categories names by id; a label is the position of an id among the sorted ids
   * @param images with different ids and file names
   * @throws UserException if an id, a category or a file name is there twice
   */
  public CocoIndex(String file, TreeMap<Long, String> categories, Collection<CocoImage> images) {
    this.file = file;
    this.classes = List.copyOf(categories.values());
    if (new HashSet<>(classes).size() != classes.size()) {
      throw new UserException(
          "%s: expected different names of categories, found one twice in %s", file, classes);
    }
    for (Long id : categories.keySet()) {
      labels.put(id, labels.size());
    }
    Set<String> names = new HashSet<>();
    for (CocoImage image : images) {
      if (this.images.put(image.id(), image) != null || !names.add(image.fileName())) {
        throw new UserException(
            "%s: expected different ids and file names of images, found image %d, %s, twice",
            file, image.id(), image.fileName());
      }
    }
  }

  /** Name of the annotation file. */
  public String file() {
    return file;
  }

  /** Names of the categories by label: in order of their ids. */
  public List<String> classes() {
    return classes;
  }

  /** Label of a category's id: COCO's 1 to 90 with gaps become 0 to 79. */
  public Optional<Integer> label(long categoryId) {
    return Optional.ofNullable(labels.get(categoryId));
  }

  /** An image by its id. */
  public Optional<CocoImage> image(long id) {
    return Optional.ofNullable(images.get(id));
  }

  /**
   * The image with an id.
   *
   * @throws IllegalArgumentException if there is none
   */
  CocoImage requireImage(long id) {
    CocoImage image = images.get(id);
    Check.that(image != null, "expected one of %s images, found image_id %s", size(), id);
    return image;
  }

  /**
   * The label of a category's id.
   *
   * @throws IllegalArgumentException if there is no such category
   */
  int requireLabel(long categoryId) {
    Integer label = labels.get(categoryId);
    Check.that(
        label != null,
        "expected one of %s categories, found category_id %s",
        classes.size(),
        categoryId);
    return label;
  }

  /** All images in the file's order, those without annotations too. */
  public List<CocoImage> images() {
    return new ArrayList<>(images.values());
  }

  /** Number of images. */
  public int size() {
    return images.size();
  }
}
