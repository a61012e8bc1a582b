package io.spikeformer.data.detection;

/** One object of an annotation file, or the reason why it cannot be used. */
public sealed interface CocoAnnotation {
  /** Id of the image that the annotation names. */
  long imageId();

  /** Where an object's area comes from. */
  enum AreaSource {
    /** The file states it. */
    FILE,
    /** The file has none: it is the box's width times its height. */
    BOX
  }

  /**
   * An annotation that can be used.
   *
   * @param imageId of an image of the index
   * @param object what it says
   * @param area where the object's area comes from
   */
  record Sound(long imageId, DetectedObject object, AreaSource area) implements CocoAnnotation {}

  /**
   * An annotation that contradicts its image or itself, or whose values are none.
   *
   * @param imageId as named by the annotation: perhaps of no image
   * @param reason with file, line and byte
   */
  record Faulty(long imageId, String reason) implements CocoAnnotation {}
}
