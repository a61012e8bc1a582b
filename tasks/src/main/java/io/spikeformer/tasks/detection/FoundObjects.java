package io.spikeformer.tasks.detection;

import io.spikeformer.data.detection.Detection;
import io.spikeformer.data.detection.IouType;
import java.util.List;

/**
 * What a detector has found in one image.
 *
 * @param detections by falling score, in pixels of the stored image
 * @param parts what the detector gives of an object: its box, or box and mask
 * @param boxRegions regions that its box head has computed; 0 without such a head
 * @param maskRegions regions that its mask head has computed; 0 without such a head
 */
public record FoundObjects(
    List<Detection> detections, List<IouType> parts, int boxRegions, int maskRegions) {
  /** Takes copies. */
  public FoundObjects {
    detections = List.copyOf(detections);
    parts = List.copyOf(parts);
  }
}
