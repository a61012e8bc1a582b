/** Shards of samples: written once, read by reference, transformed into batches. No Spark here. */
package io.spikeformer.data;
