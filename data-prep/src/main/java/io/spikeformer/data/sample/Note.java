package io.spikeformer.data.sample;

/**
 * A decision about an input that did become samples, and could have been decided otherwise.
 *
 * @param path of the file inside the input, or of a file that describes several
 * @param text what was found and what was made of it, in one line
 */
public record Note(String path, String text) {}
