package io.spikeformer.data.events;

/**
 * One picture of a folder of frames.
 *
 * @param name its path, for messages
 * @param opener opens it
 */
public record FrameImage(String name, StreamOpener opener) {}
