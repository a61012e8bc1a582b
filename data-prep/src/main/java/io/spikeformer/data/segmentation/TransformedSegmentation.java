package io.spikeformer.data.segmentation;

import io.spikeformer.data.geometry.Geometry;
import io.spikeformer.data.image.RgbImage;

/**
 * A sample as the model sees it.
 *
 * @param image the pixels, padding included
 * @param labels of the same size, {@link LabelMap#IGNORED} in the padding
 * @param geometry the plan that was applied
 */
public record TransformedSegmentation(RgbImage image, LabelMap labels, Geometry geometry) {}
