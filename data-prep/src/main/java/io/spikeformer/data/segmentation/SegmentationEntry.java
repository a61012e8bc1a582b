package io.spikeformer.data.segmentation;

import java.io.Serializable;

/**
 * A sample of a raw dataset, before anything is read.
 *
 * @param key unique within its split: name of the image file without extension
 * @param image path of the image, relative to the dataset's folder
 * @param labels path of the label image, relative to the dataset's folder
 */
public record SegmentationEntry(String key, String image, String labels) implements Serializable {}
