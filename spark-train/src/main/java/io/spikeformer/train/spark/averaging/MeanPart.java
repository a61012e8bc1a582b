package io.spikeformer.train.spark.averaging;

import java.io.Serializable;
import java.util.List;

/**
 * A report on a slice of the mean to the driver.
 *
 * @param index of the slice
 * @param holder the process that has it
 * @param formed false if no worker had anything to say
 * @param reports of all workers in their order, with the first slice
 */
public record MeanPart(int index, Holder holder, boolean formed, List<WorkerReport> reports)
    implements Serializable {}
