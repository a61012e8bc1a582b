/** Meta-SpikeFormer as blocks with explicit backpropagation through time. */
package io.spikeformer.model;
