package io.spikeformer.train.spark;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * Watches the threads of this process that compute, as the operating system sees them: those of
 * tasks, those of kernels, and those that native libraries start.
 *
 * <p>A thread that a native library starts has the name of the thread that it was started from, and
 * is none of those that the JVM knows.
 */
final class ThreadSampler implements AutoCloseable {
  static final Path THREADS = Path.of("/proc/self/task");

  /** The operating system keeps 15 characters of a thread's name. */
  private static final String TASK = "Executor task l";

  private static final String KERNELS = "kernels-";
  private static final Pattern NATIVE_ID = Pattern.compile("nid=0x([0-9a-f]+)");
  private static final long PAUSE_MILLIS = 2;
  private static final int SAMPLES_PER_INVENTORY = 50;

  private final Set<String> before = look().keySet();
  private final Set<String> kernelThreads = new TreeSet<>();
  private final Set<String> nativeThreads = new TreeSet<>();
  private final List<Integer> runnable = new ArrayList<>();
  private final Thread sampler = new Thread(this::sample, "sampler");
  private volatile boolean stopped;

  /** A thread at a moment: its name, its state as in ps, and the 10 ms that it has computed. */
  private record Look(String name, char state, long ticks) {
    static Look of(String line) {
      int end = line.lastIndexOf(')');
      String[] fields = line.substring(end + 2).split(" ");
      long ticks = Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
      return new Look(line.substring(line.indexOf('(') + 1, end), fields[0].charAt(0), ticks);
    }

    boolean ofTasksOrKernels() {
      return name.equals(TASK) || name.startsWith(KERNELS);
    }

    /** Threads that have not computed yet are those of Spark's that only start or end a task. */
    boolean computes() {
      return ofTasksOrKernels() && state == 'R' && ticks > 0;
    }
  }

  ThreadSampler() {
    sampler.start();
  }

  /** Names of the threads that kernels started since the beginning. */
  Set<String> kernelThreads() {
    return kernelThreads;
  }

  /** Names of the threads that native libraries started from tasks or kernels. */
  Set<String> nativeThreads() {
    return nativeThreads;
  }

  /**
   * How many threads of tasks and kernels were runnable at once in a share of the moments when any
   * was. A task that is being closed while the next one begins adds one, in few moments. Where
   * other programs take the cores, threads wait for each other more often.
   *
   * @param share of the moments, the busiest, above 0 and below 1
   */
  int runnableIn(double share) {
    List<Integer> busy = runnable.stream().filter(threads -> threads > 0).sorted().toList();
    return busy.get((int) (busy.size() * (1 - share)));
  }

  private void sample() {
    try {
      while (!stopped) {
        Map<String, Look> threads = look();
        runnable.add((int) threads.values().stream().filter(Look::computes).count());
        threads.forEach(
            (id, thread) -> {
              if (!before.contains(id) && thread.name().startsWith(KERNELS)) {
                kernelThreads.add(thread.name());
              }
            });
        if (runnable.size() % SAMPLES_PER_INVENTORY == 0) {
          takeInventory(threads);
        }
        Thread.sleep(PAUSE_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Finds the threads that the JVM does not know, of those that live on while it is asked. */
  private void takeInventory(Map<String, Look> threads) {
    Set<String> known = knownToJava();
    look()
        .forEach(
            (id, thread) -> {
              boolean foreign = threads.containsKey(id) && !known.contains(id);
              if (foreign && !before.contains(id) && thread.ofTasksOrKernels()) {
                nativeThreads.add(thread.name());
              }
            });
  }

  private static Set<String> knownToJava() {
    Set<String> known = new HashSet<>();
    try {
      Object print =
          ManagementFactory.getPlatformMBeanServer()
              .invoke(
                  new ObjectName("com.sun.management:type=DiagnosticCommand"),
                  "threadPrint",
                  new Object[] {new String[0]},
                  new String[] {String[].class.getName()});
      Matcher ids = NATIVE_ID.matcher(print.toString());
      while (ids.find()) {
        known.add(Long.toString(Long.parseLong(ids.group(1), 16)));
      }
    } catch (JMException e) {
      throw new IllegalStateException("the JVM does not list its threads", e);
    }
    return known;
  }

  private static Map<String, Look> look() {
    Map<String, Look> threads = new HashMap<>();
    for (String id : THREADS.toFile().list()) {
      try {
        threads.put(id, Look.of(Files.readString(THREADS.resolve(id).resolve("stat"))));
      } catch (IOException endedMeanwhile) {
        continue;
      }
    }
    return threads;
  }

  @Override
  public void close() {
    stopped = true;
    try {
      sampler.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
