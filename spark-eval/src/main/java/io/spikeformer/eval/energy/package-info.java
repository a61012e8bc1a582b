/** Energy of a network from its firing rates and operations, and the charts of both. */
package io.spikeformer.eval.energy;
