/**
 * The cost of a network: parameters, shapes and multiply-accumulate operations, from its
 * configuration alone.
 */
package io.spikeformer.model.cost;
