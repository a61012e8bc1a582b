/**
 * The mean of the workers' states, formed slice by slice on the executors, and what a worker
 * reports.
 */
package io.spikeformer.train.spark.averaging;
