/**
 * Samples: content (an image or event frames) and truth (a class, objects or a label map), in their
 * encoded forms. Rejections and notes tell of inputs that became none.
 */
package io.spikeformer.data.sample;
