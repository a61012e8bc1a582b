/** The job that writes a teacher's answers beside the samples of a split. */
package io.spikeformer.train.spark.teach;
