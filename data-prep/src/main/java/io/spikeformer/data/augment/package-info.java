/** Augmentation of images and event frames: pure functions of pixels and a seed. */
package io.spikeformer.data.augment;
