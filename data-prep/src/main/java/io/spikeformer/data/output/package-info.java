/** Where commands write: what lies there, and whether it may be written to. */
package io.spikeformer.data.output;
