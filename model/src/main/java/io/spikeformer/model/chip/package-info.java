/** Networks of integers as a chip runs them: binary spikes, additions alone. */
package io.spikeformer.model.chip;
