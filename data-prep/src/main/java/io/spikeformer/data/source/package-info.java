/** Raw datasets, read part by part without unpacking. */
package io.spikeformer.data.source;
