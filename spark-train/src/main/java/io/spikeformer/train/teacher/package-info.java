/** Teachers: models in checkpoints or ONNX files that answer for the images of a training. */
package io.spikeformer.train.teacher;
