/**
 * The files of a training: its folder, lock, checkpoints, metrics, and how writes are tried again.
 */
package io.spikeformer.train.output;
