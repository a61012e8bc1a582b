/** Rounds of local training and state averaging on Spark. */
package io.spikeformer.train.spark;
