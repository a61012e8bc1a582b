/** Detection: average precision and recall of boxes and masks, as COCO defines them. */
package io.spikeformer.tasks.detection;
