/** Evaluation spread over the tasks of a Spark job. */
package io.spikeformer.eval.spark;
