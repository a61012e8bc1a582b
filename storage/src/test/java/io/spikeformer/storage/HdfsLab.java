package io.spikeformer.storage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.hdfs.HdfsConfiguration;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.hdfs.MiniDFSCluster.DataNodeProperties;
import org.apache.hadoop.hdfs.protocol.HdfsConstants.SafeModeAction;

/**
 * An HDFS of a NameNode and two DataNodes in this process, on ports of the loopback interface, and
 * the commands of the job jar as its clients. Every block lies on both DataNodes.
 */
final class HdfsLab implements AutoCloseable {
  private static final int DATA_NODES = 2;
  private static final int PAUSE_MILLISECONDS = 10;

  private final Path data;
  private final MiniDFSCluster cluster;
  private final DistributedFileSystem files;
  private final Commands commands = new Commands();
  private final List<DataNodeProperties> stopped = new ArrayList<>();

  /** Starts it; what it stores goes into a folder. */
  HdfsLab(Path folder) throws IOException {
    data = folder.resolve("hdfs");
    Configuration server = new HdfsConfiguration();
    server.set("hadoop.tmp.dir", folder.resolve("hadoop").toString());
    server.set("dfs.namenode.audit.loggers", NameNodeOperations.class.getName());
    cluster = new MiniDFSCluster.Builder(server, data.toFile()).numDataNodes(DATA_NODES).build();
    commands.setHadoop("dfs.replication", Integer.toString(DATA_NODES));
    // as often as by default or less, and without the waits
    commands.setHadoop("dfs.client.retry.window.base", "10");
    commands.setHadoop("dfs.client.block.write.locateFollowingBlock.initial.delay.ms", "20");
    commands.setHadoop("ipc.client.connect.retry.interval", "20");
    // the file system that the commands close is another one
    Configuration own = commands.configuration();
    own.setBoolean("fs.hdfs.impl.disable.cache", true);
    files = (DistributedFileSystem) org.apache.hadoop.fs.FileSystem.get(cluster.getURI(), own);
  }

  /** The commands, with the settings of a client. */
  Commands commands() {
    return commands;
  }

  /** What is stored. */
  DistributedFileSystem files() {
    return files;
  }

  /** The NameNode answers, but changes nothing. */
  void enterSafeMode() {
    setSafeMode(SafeModeAction.SAFEMODE_ENTER);
  }

  private void setSafeMode(SafeModeAction action) {
    try {
      files.setSafeMode(action);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** Stops a DataNode; the NameNode takes it for alive for ten minutes. */
  void stopDataNode() {
    stopped.add(cluster.stopDataNode(0));
  }

  /** Stops both. */
  void stopDataNodes() {
    for (int node = 0; node < DATA_NODES; node++) {
      stopDataNode();
    }
  }

  /** Waits until a block is on its way into a DataNode. */
  void awaitBlockInWriting() throws IOException {
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
    while (System.nanoTime() < end) {
      try (Stream<Path> found = Files.walk(data)) {
        // replica being written
        if (found.anyMatch(file -> file.toString().matches(".*/rbw/blk_\\d+"))) {
          return;
        }
        Thread.sleep(PAUSE_MILLISECONDS);
      } catch (UncheckedIOException moved) {
        // looked at while it was put elsewhere
      } catch (InterruptedException interrupted) {
        throw new IOException(interrupted);
      }
    }
    throw new IOException("no block is being written");
  }

  /** All is well again, and no rule holds. */
  void heal() throws IOException {
    NameNodeOperations.forget();
    setSafeMode(SafeModeAction.SAFEMODE_LEAVE);
    for (DataNodeProperties node : stopped) {
      cluster.restartDataNode(node);
    }
    if (!stopped.isEmpty()) {
      cluster.waitActive();
      stopped.clear();
    }
  }

  /** Stores a local file or the files below a local folder. */
  void upload(Path source, String name) throws IOException {
    files.copyFromLocalFile(new org.apache.hadoop.fs.Path(source.toUri()), path(name));
  }

  /** All files below a folder, by their paths in it. */
  Map<String, byte[]> content(String folder) throws IOException {
    Map<String, byte[]> content = new TreeMap<>();
    RemoteIterator<LocatedFileStatus> found = files.listFiles(path(folder), true);
    while (found.hasNext()) {
      LocatedFileStatus file = found.next();
      try (FSDataInputStream stream = files.open(file.getPath())) {
        String name = file.getPath().toString().substring(uri(folder).length() + 1);
        content.put(name, stream.readAllBytes());
      }
    }
    return content;
  }

  /** The paths of the files below a folder, in it. */
  List<String> names(String folder) throws IOException {
    return List.copyOf(content(folder).keySet());
  }

  String uri(String name) {
    return cluster.getURI() + "/lab/" + name;
  }

  org.apache.hadoop.fs.Path path(String name) {
    return new org.apache.hadoop.fs.Path(uri(name));
  }

  @Override
  public void close() throws IOException {
    org.apache.hadoop.fs.FileSystem.closeAll();
    files.close();
    cluster.shutdown();
  }
}
