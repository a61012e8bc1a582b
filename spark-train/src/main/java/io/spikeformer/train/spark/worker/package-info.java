/** A worker's part of a round: replicas, kept from round to round, and the task that trains one. */
package io.spikeformer.train.spark.worker;
