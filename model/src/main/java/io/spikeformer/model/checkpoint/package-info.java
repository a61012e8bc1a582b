/** The checkpoint format: one file that holds a model and where its training stands. */
package io.spikeformer.model.checkpoint;
