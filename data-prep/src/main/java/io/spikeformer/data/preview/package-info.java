/** Pictures of samples, for people to look at. */
package io.spikeformer.data.preview;
