/**
 * Weights as PyTorch and safetensors write them, read and written without running anything that a
 * file contains, and the names that the paper's released models use.
 */
package io.spikeformer.model.torch;
