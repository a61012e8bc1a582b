/**
 * The blocks of Meta-SpikeFormer with explicit forward and backward passes, one file each.
 *
 * <p>Letters in shape comments: N = T*B images, time outermost; H, W rows and columns; L = H*W
 * tokens; C channels; D = C / heads. U is a membrane potential (float32), s spikes, y the output of
 * a convolution, d... the gradient of the loss with respect to it.
 */
package io.spikeformer.model.block;
