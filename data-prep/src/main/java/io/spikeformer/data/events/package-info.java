/** Event-camera recordings: readers, integration into frames, and the sparse form of the frames. */
package io.spikeformer.data.events;
