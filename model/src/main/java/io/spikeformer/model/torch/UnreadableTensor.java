package io.spikeformer.model.torch;

/**
 * A tensor that is there and is not read.
 *
 * @param kind what it is, for messages
 * @param remedy what makes a tensor of it that is read, for messages
 */
record UnreadableTensor(String kind, String remedy) {}
