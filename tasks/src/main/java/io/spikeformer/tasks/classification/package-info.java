/** One class a sample: loss on labels, top-1 and top-5, confusion, calibration. */
package io.spikeformer.tasks.classification;
