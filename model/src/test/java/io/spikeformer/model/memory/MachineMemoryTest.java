package io.spikeformer.model.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineMemoryTest {
  private static final MachineMemory.Heap HEAP = new MachineMemory.Heap(1000, 600);

  @TempDir private Path root;

  @BeforeEach
  void giveTheMachineMemory() throws IOException {
    write("proc/meminfo", "MemTotal:       24684084 kB\nMemAvailable:   1000 kB\nBuffers: 6 kB\n");
  }

  private void write(String file, String text) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private long left() {
    return MachineMemory.read(root, HEAP).orElseThrow().left();
  }

  @Test
  void theHeapMayStillGrowToItsLimit() {
    assertThat(MachineMemory.read(root, HEAP)).contains(new MachineMemory(1_024_000 - 400, 1000));
  }

  @Test
  void aMachineThatDoesNotSayIsNotKnown() throws IOException {
    Files.delete(root.resolve("proc/meminfo"));
    assertThat(MachineMemory.read(root, HEAP)).isEmpty();
  }

  @Test
  void theControlGroupOfVersion2LimitsTheMachine() throws IOException {
    write("proc/self/cgroup", "0::/pod/container\n");
    write("sys/fs/cgroup/pod/container/memory.max", "500000\n");
    write("sys/fs/cgroup/pod/container/memory.current", "200000\n");
    write("sys/fs/cgroup/pod/container/memory.stat", "anon 7\ninactive_file 50000\nfile 9\n");
    assertThat(left()).isEqualTo(500_000 - 200_000 + 50_000 - 400);
    write("sys/fs/cgroup/pod/memory.max", "300000\n");
    write("sys/fs/cgroup/pod/memory.current", "290000\n");
    assertThat(left()).as("of the group above").isEqualTo(10_000 - 400);
    write("sys/fs/cgroup/pod/memory.max", "max\n");
    write("sys/fs/cgroup/pod/container/memory.max", "max\n");
    assertThat(left()).as("without limits").isEqualTo(1_024_000 - 400);
  }

  @Test
  void theControlGroupOfVersion1LimitsTheMachine() throws IOException {
    write("proc/self/cgroup", "5:devices:/x\n4:memory:/docker/ab\n0::/\n");
    // a container sees its own group as the root, under the name that it has outside
    write("sys/fs/cgroup/memory/memory.limit_in_bytes", "400000\n");
    write("sys/fs/cgroup/memory/memory.usage_in_bytes", "100000\n");
    write("sys/fs/cgroup/memory/memory.stat", "inactive_file 1\ntotal_inactive_file 20000\n");
    assertThat(left()).isEqualTo(400_000 - 100_000 + 20_000 - 400);
    write("sys/fs/cgroup/memory/docker/ab/memory.limit_in_bytes", "9223372036854771712\n");
    write("sys/fs/cgroup/memory/docker/ab/memory.usage_in_bytes", "100000\n");
    assertThat(left()).as("beside a group without limit").isEqualTo(320_000 - 400);
  }

  @Test
  void aGroupOutsideTheNamespaceIsSeenAsItsRoot() throws IOException {
    write("proc/self/cgroup", "0::/../other\n");
    write("sys/fs/cgroup/memory.max", "5000\n");
    write("sys/fs/cgroup/memory.current", "1000\n");
    assertThat(left()).isEqualTo(4000 - 400);
  }
}
