/**
 * Kernels on oneDNN and the Vector API.
 *
 * <p>The only package that touches {@code jdk.incubator.vector}: {@link
 * io.spikeformer.model.kernel.KernelProvider} loads it after it has seen that the module is there.
 */
package io.spikeformer.model.kernel.fast;
