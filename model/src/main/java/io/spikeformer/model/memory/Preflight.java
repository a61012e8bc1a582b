package io.spikeformer.model.memory;

import io.spikeformer.common.UserException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Compares what replicas need with what this machine has left, before they take any of it. */
public final class Preflight {
  private static final Logger LOG = LoggerFactory.getLogger(Preflight.class);

  private Preflight() {}

  /**
   * Why that many replicas cannot run in this process, in one line; empty if they can, or if the
   * machine does not say what it has.
   */
  public static Optional<String> refusal(MemoryNeed need, int replicas) {
    Optional<MachineMemory> machine = MachineMemory.read();
    if (machine.isEmpty()) {
      LOG.info(
          "memory: not compared with the need of {}: there is no /proc/meminfo", need.subject());
      return Optional.empty();
    }
    return need.refusal(replicas, machine.get());
  }

  /**
   * Lets one replica go ahead.
   *
   * @throws UserException if it cannot run in this process
   */
  public static void require(MemoryNeed need) {
    refusal(need, 1)
        .ifPresent(
            reason -> {
              throw new UserException(reason);
            });
  }
}
