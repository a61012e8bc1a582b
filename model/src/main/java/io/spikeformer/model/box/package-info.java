/**
 * Arithmetic of boxes that a detector needs between its layers: anchors, coding, overlap,
 * proposals, levels of regions and detections. Boxes are in pixels of the image; a box's width is
 * x2 - x1.
 */
package io.spikeformer.model.box;
