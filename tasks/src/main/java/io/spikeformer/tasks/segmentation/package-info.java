/** A class for each pixel: mean intersection over union, confusion, example pictures. */
package io.spikeformer.tasks.segmentation;
