package io.spikeformer.data.order;

/**
 * Where a sample lies.
 *
 * @param shard index of the shard, from 0
 * @param row row in it, from 0
 */
public record SampleRef(int shard, int row) {}
