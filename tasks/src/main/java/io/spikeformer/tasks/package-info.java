/**
 * What a network learns and how its answers are judged: {@link io.spikeformer.tasks.Task}, and what
 * every task shares. Each task has a package of its own below this one.
 */
package io.spikeformer.tasks;
