package io.spikeformer.model.memory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Memory of the machine, or of the control group that this process is in.
 *
 * @param left bytes that can still be taken outside the Java heap when that has grown to its limit
 * @param heap limit of the Java heap, in bytes
 */
public record MachineMemory(long left, long heap) {
  private static final String AVAILABLE = "MemAvailable:";
  private static final long KIBIBYTE = 1024;

  /**
   * The Java heap.
   *
   * @param limit most bytes that it may have
   * @param committed bytes that it has
   */
  record Heap(long limit, long committed) {
    static Heap ofThisJvm() {
      Runtime runtime = Runtime.getRuntime();
      return new Heap(runtime.maxMemory(), runtime.totalMemory());
    }
  }

  /** File names of a version of control groups. */
  private record Names(String limit, String usage, String inactiveFile) {
    static final Names VERSION_1 =
        new Names("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file ");
    static final Names VERSION_2 = new Names("memory.max", "memory.current", "inactive_file ");
  }

  /** The memory that Linux reports; empty on other systems. */
  public static Optional<MachineMemory> read() {
    return read(Path.of("/"), Heap.ofThisJvm());
  }

  /** As {@link #read()}, with the files of proc and sys below a folder. */
  static Optional<MachineMemory> read(Path root, Heap heap) {
    Optional<Long> available =
        lines(root.resolve("proc/meminfo")).stream()
            .filter(line -> line.startsWith(AVAILABLE))
            .map(line -> Long.parseLong(line.replaceAll("\\D", "")) * KIBIBYTE)
            .findFirst();
    if (available.isEmpty()) {
      return Optional.empty();
    }
    long least = available.get();
    for (Path folder : groups(root)) {
      least = Math.min(least, left(folder, Names.VERSION_1).orElse(Long.MAX_VALUE));
      least = Math.min(least, left(folder, Names.VERSION_2).orElse(Long.MAX_VALUE));
    }
    return Optional.of(new MachineMemory(least - (heap.limit() - heap.committed()), heap.limit()));
  }

  /** The folders of this process's control groups up to the root; a container sees that alone. */
  private static List<Path> groups(Path root) {
    List<Path> folders = new ArrayList<>();
    for (String line : lines(root.resolve("proc/self/cgroup"))) {
      String[] fields = line.split(":", 3);
      if (fields.length == 3 && (fields[1].isEmpty() || fields[1].contains("memory"))) {
        Path mount = root.resolve("sys/fs/cgroup").resolve(fields[1].isEmpty() ? "" : "memory");
        Path folder = mount.resolve(fields[2].replaceFirst("^/+", "")).normalize();
        for (; folder.startsWith(mount) && !folder.equals(mount); folder = folder.getParent()) {
          folders.add(folder);
        }
        folders.add(mount);
      }
    }
    return folders;
  }

  /** Bytes below a group's limit; cached files that nobody uses can be dropped. */
  private static OptionalLong left(Path folder, Names names) {
    OptionalLong limit = number(folder.resolve(names.limit()));
    OptionalLong usage = number(folder.resolve(names.usage()));
    if (limit.isEmpty() || usage.isEmpty()) {
      return OptionalLong.empty();
    }
    long inactive =
        lines(folder.resolve("memory.stat")).stream()
            .filter(line -> line.startsWith(names.inactiveFile()))
            .mapToLong(line -> Long.parseLong(line.substring(names.inactiveFile().length()).trim()))
            .findFirst()
            .orElse(0);
    return OptionalLong.of(limit.getAsLong() - usage.getAsLong() + inactive);
  }

  /** The number that a file holds; empty for a word such as max and for 2^63 and the like. */
  private static OptionalLong number(Path file) {
    return lines(file).stream()
        .filter(line -> line.matches("\\d{1,18}"))
        .mapToLong(Long::parseLong)
        .findFirst();
  }

  private static List<String> lines(Path file) {
    if (!Files.isReadable(file)) {
      return List.of();
    }
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      return List.of(); // a group can end between two looks at it
    }
  }
}
