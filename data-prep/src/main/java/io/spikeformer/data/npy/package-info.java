/** NumPy's arrays: the {@code .npy} form, by itself and within archives. */
package io.spikeformer.data.npy;
