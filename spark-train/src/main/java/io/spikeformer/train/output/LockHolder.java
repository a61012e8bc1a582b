package io.spikeformer.train.output;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * Who holds an output folder: the content of its lock file.
 *
 * @param id of the run, drawn at random
 * @param host name of the driver's host
 * @param processes which process numbers of the host are meant (its PID namespace), or empty
 * @param process number of the driver's process
 * @param started when that process began, in milliseconds since 1970, or 0: numbers are used again
 * @param user name of the user
 * @param since when the lock was taken, ISO 8601
 * @param renewed when the driver last showed that it lives, ISO 8601
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record LockHolder(
    String id,
    String host,
    String processes,
    long process,
    long started,
    String user,
    String since,
    String renewed) {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .build();

  /** Validates the times. */
  public LockHolder {
    Instant.parse(since);
    Instant.parse(renewed);
  }

  /** This process, from now on. */
  static LockHolder thisProcess(Instant now) {
    ProcessHandle self = ProcessHandle.current();
    return new LockHolder(
        UUID.randomUUID().toString(),
        DriverHost.name(),
        processNumbers(),
        self.pid(),
        startOf(self),
        System.getProperty("user.name", "unknown"),
        now.toString(),
        now.toString());
  }

  LockHolder renewed(Instant now) {
    return new LockHolder(id, host, processes, process, started, user, since, now.toString());
  }

  /** How long ago the lock was renewed. */
  Duration age(Instant now) {
    return Duration.between(Instant.parse(renewed), now);
  }

  /** Whether the process is known not to live any more: only this host's own can be looked up. */
  boolean isGone() {
    if (!host.equals(DriverHost.name()) || !processes.equals(processNumbers())) {
      return false;
    }
    Optional<ProcessHandle> found = ProcessHandle.of(process).filter(ProcessHandle::isAlive);
    return found.isEmpty() || (started != 0 && startOf(found.get()) != started);
  }

  /** For messages. */
  String describe() {
    return "process " + process + " of user " + user + " on host " + host + " since " + since;
  }

  public String toJson() {
    try {
      return MAPPER.writeValueAsString(this) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("lock: cannot be written as JSON", e);
    }
  }

  /** Reads a lock file; empty if it is not whole. */
  public static Optional<LockHolder> fromJson(String text) {
    try {
      return Optional.ofNullable(MAPPER.readValue(text, LockHolder.class));
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  private static long startOf(ProcessHandle process) {
    return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
  }

  private static String processNumbers() {
    try {
      return Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString();
    } catch (IOException | UnsupportedOperationException e) {
      return "";
    }
  }
}
