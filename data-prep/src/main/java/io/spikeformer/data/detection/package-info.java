/** Objects in images: COCO annotations, run-length masks, samples and their transforms. */
package io.spikeformer.data.detection;
