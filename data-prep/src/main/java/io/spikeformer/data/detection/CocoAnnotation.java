package io.spikeformer.data.detection;

/** What an annotation file says of one object, or why it cannot be used. */
public sealed interface CocoAnnotation {
  /** Id of the image that the annotation names. */
  long imageId();

  /**
   * An annotation that can be used.
   *
   * @param imageId of an image of the index
   * @param object what it says
   */
  record Sound(long imageId, DetectedObject object) implements CocoAnnotation {}

  /**
   * An annotation that contradicts its image or itself.
   *
   * @param imageId as named by the annotation: perhaps of no image
   * @param reason with file, line and byte
   */
  record Faulty(long imageId, String reason) implements CocoAnnotation {}
}
