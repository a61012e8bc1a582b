/** Optimizers on the flat state of a model, and learning rate schedules. */
package io.spikeformer.model.optim;
