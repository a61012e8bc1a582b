package io.spikeformer.train.watch;

import io.spikeformer.train.DataIdentity;
import io.spikeformer.train.output.DriverHost;
import java.time.Instant;
import java.util.Objects;

/**
 * The facts of a run on the status page, besides its figures.
 *
 * @param began when it began
 * @param host name of the driver's host
 * @param process number of the driver's process there
 * @param train where the training split lies
 * @param data identity of its samples, and of a teacher that answers in the steps
 * @param validation where the validation split lies, or null
 */
public record RunFacts(
    Instant began, String host, long process, String train, DataIdentity data, String validation) {
  /** Checks that the required facts are given. */
  public RunFacts {
    Objects.requireNonNull(began, "began");
    Objects.requireNonNull(host, "host");
    Objects.requireNonNull(train, "train");
    Objects.requireNonNull(data, "data");
  }

  /** A run of this process that begins now. */
  public static RunFacts ofThisProcess(String train, DataIdentity data, String validation) {
    return new RunFacts(
        Instant.now(), DriverHost.name(), ProcessHandle.current().pid(), train, data, validation);
  }
}
