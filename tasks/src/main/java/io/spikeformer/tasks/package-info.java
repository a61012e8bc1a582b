/**
 * Targets of networks and the judgement of their answers: {@link io.spikeformer.tasks.Task}, and
 * the code that every task shares. Each task has a package of its own below this one.
 */
package io.spikeformer.tasks;
