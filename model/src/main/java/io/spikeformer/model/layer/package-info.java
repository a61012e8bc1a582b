/**
 * The blocks as layers of a DL4J ComputationGraph: configuration, parameters and the two passes.
 */
package io.spikeformer.model.layer;
