/**
 * Samples ready for a model: shards kept in memory, content decoded and transformed, and batches
 * read ahead in a given order, each with the targets that a task makes of what is known.
 */
package io.spikeformer.data.batch;
