/** Signs of life of a training's cluster: executors that come and go, and who is waited for. */
package io.spikeformer.train.spark.cluster;
