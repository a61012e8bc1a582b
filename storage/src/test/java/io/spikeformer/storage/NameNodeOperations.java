package io.spikeformer.storage;

import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.hdfs.server.namenode.AuditLogger;

/**
 * Hears of every operation of the NameNode when it is done and before the client hears of it: notes
 * it, and lets a test act at that moment.
 *
 * <p>The NameNode makes its audit loggers from their class names, so what they share is static.
 */
public final class NameNodeOperations implements AuditLogger {
  private static final List<Rule> RULES = new CopyOnWriteArrayList<>();
  private static final List<Operation> DONE = new CopyOnWriteArrayList<>();

  /** An operation as the NameNode names it, on a path. */
  record Operation(String name, String path) {}

  private record Rule(String operation, String part, Runnable action, AtomicBoolean used) {
    boolean isMeant(Operation done) {
      return done.name().equals(operation)
          && done.path().contains(part)
          && used.compareAndSet(false, true);
    }
  }

  /** Acts the first time that an operation is done on a path which contains a part. */
  static AtomicBoolean once(String operation, String part, Runnable action) {
    AtomicBoolean used = new AtomicBoolean();
    RULES.add(new Rule(operation, part, action, used));
    return used;
  }

  /** Takes every rule back and forgets what was noted. */
  static void forget() {
    RULES.clear();
    DONE.clear();
  }

  /** The names of the operations on paths that contain a part, since {@link #forget}. */
  static List<String> on(String part) {
    return DONE.stream()
        .filter(operation -> operation.path().contains(part))
        .map(Operation::name)
        .toList();
  }

  @Override
  public void initialize(Configuration configuration) {}

  @Override
  public void logAuditEvent(
      boolean succeeded,
      String user,
      InetAddress client,
      String operation,
      String source,
      String target,
      FileStatus status) {
    Operation done = new Operation(operation, source + " " + target);
    DONE.add(done);
    RULES.stream().filter(rule -> rule.isMeant(done)).forEach(rule -> rule.action().run());
  }
}
