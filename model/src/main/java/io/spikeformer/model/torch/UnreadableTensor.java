package io.spikeformer.model.torch;

/**
 * A tensor that is there and is not read.
 *
 * @param kind what it is, for messages
 * @param remedy advice in messages: how a tensor of it becomes readable
 */
record UnreadableTensor(String kind, String remedy) {}
