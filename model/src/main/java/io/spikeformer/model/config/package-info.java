/**
 * The description of a network: its blocks as a graph, the layouts and presets, the choices of the
 * ablations, the neuron and the number format. Plain values, which checkpoints keep as JSON.
 */
package io.spikeformer.model.config;
