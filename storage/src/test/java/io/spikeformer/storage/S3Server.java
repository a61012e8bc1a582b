package io.spikeformer.storage;

import io.spikeformer.common.Text;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** S3Proxy as a process of its own, with its objects in memory, on a free port of this machine. */
final class S3Server implements AutoCloseable {
  static final String ACCESS_KEY = "AKIATESTACCESSKEY";
  static final String SECRET_KEY = "topsecretkeyofthetests";

  private static final int START_SECONDS = 60;
  private static final int PAUSE_MILLISECONDS = 50;

  private final Process process;
  private final int port;

  private S3Server(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /** Starts it; its settings and log go into a folder. */
  static S3Server start(Path folder) throws IOException, InterruptedException {
    int port = freePort();
    Path root = Path.of(System.getProperty("spikeformer.root"));
    Path properties =
        Files.writeString(
            folder.resolve("s3proxy.properties"),
            Text.format(
                """
            s3proxy.endpoint=http://127.0.0.1:%d
            s3proxy.authorization=aws-v2-or-v4
            s3proxy.identity=%s
            s3proxy.credential=%s
            jclouds.provider=transient-nio2
            jclouds.identity=unused
            jclouds.credential=unused
            """,
                port, ACCESS_KEY, SECRET_KEY));
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                Files.readString(root.resolve("s3/server/target/s3proxy.classpath")),
                "org.gaul.s3proxy.Main",
                "--properties",
                properties.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("s3proxy.log").toFile())
            .start();
    // not to outlive tests that are stopped
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    S3Server server = new S3Server(process, port);
    server.awaitStart(folder.resolve("s3proxy.log"));
    return server;
  }

  int port() {
    return port;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void awaitStart(Path log) throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (process.isAlive() && System.nanoTime() < end) {
      try (Socket probe = new Socket(InetAddress.getLoopbackAddress(), port)) {
        if (probe.isConnected()) {
          return;
        }
      } catch (IOException notYet) {
        Thread.sleep(PAUSE_MILLISECONDS);
      }
    }
    close();
    throw new IllegalStateException(
        Text.format("the S3 server did not start: %s", Files.readString(log)));
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new UncheckedIOException(new IOException(interrupted));
    }
  }
}
