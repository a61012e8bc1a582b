/** The conversion of a raw dataset into shards as a Spark job. */
package io.spikeformer.data.spark;
