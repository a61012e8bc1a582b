/**
 * Detection: targets and losses of a two-stage detector, and average precision and recall of boxes
 * and masks, as COCO defines them.
 */
package io.spikeformer.tasks.detection;
