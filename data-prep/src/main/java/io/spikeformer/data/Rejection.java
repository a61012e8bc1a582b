package io.spikeformer.data;

/**
 * An input file that did not become a sample.
 *
 * @param path of the file inside the input
 * @param reason why, in a few words
 */
public record Rejection(String path, String reason) {}
