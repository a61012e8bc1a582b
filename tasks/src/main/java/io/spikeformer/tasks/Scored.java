package io.spikeformer.tasks;

import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Supplier;

/**
 * A batch that has been added to counts.
 *
 * @param loss mean over the batch; empty of a task whose evaluations have no loss
 * @param predictions for each sample the values of {@link Scoring#columns}; formed when they are
 *     asked for, as long as the model's answer holds
 */
public record Scored(OptionalDouble loss, Supplier<List<List<?>>> predictions) {}
