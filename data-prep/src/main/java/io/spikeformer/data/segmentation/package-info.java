/** Images with a label for every pixel: ADE20K, VOC2012, samples and their transforms. */
package io.spikeformer.data.segmentation;
