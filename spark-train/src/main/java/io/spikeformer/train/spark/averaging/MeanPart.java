package io.spikeformer.train.spark.averaging;

import java.io.Serializable;
import java.util.List;

/**
 * A partition's report on its part of the mean to the driver.
 *
 * @param slices indices of the slices whose means lie in blocks now
 * @param reports of all workers in their order, from the partition that has the first slice
 */
public record MeanPart(int[] slices, List<WorkerReport> reports) implements Serializable {}
