/** Prepared splits: shards as Parquet files, their manifest, and what checks them. */
package io.spikeformer.data.shard;
