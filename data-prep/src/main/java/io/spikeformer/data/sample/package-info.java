/**
 * What a sample is: content (an image or event frames) and truth (a class, objects or a label map),
 * in their encoded forms. Beside it stands what is told of inputs that became none.
 */
package io.spikeformer.data.sample;
