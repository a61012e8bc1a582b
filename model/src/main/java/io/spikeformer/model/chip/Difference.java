package io.spikeformer.model.chip;

/**
 * How two passes over the same images differ.
 *
 * @param all what both have, a pair counted once
 * @param differing what is not the same in both, or has no partner in the other
 */
record Difference(long all, long differing) {}
