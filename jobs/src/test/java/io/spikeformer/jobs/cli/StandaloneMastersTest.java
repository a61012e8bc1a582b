package io.spikeformer.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

import io.spikeformer.common.UserException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class StandaloneMastersTest {
  @Test
  void oneThatAnswersIsEnough() throws IOException {
    try (ServerSocket answering = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      String master = "127.0.0.1:" + answering.getLocalPort();
      StandaloneMasters masters =
          new StandaloneMasters("spark://127.0.0.1:" + closedPort() + "," + master);
      assertThatNoException().isThrownBy(masters::requireReachable);
    }
  }

  @Test
  void noneThatAnswersIsOneLine() throws IOException {
    int port = closedPort();
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(new StandaloneMasters("spark://127.0.0.1:" + port)::requireReachable)
        .withMessage(
            "master spark://127.0.0.1:%d: expected a Spark master that answers, found none"
                + " (127.0.0.1:%d: Connection refused); start it, or correct spark.master",
            port, port);
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(new StandaloneMasters("spark://node1")::requireReachable)
        .withMessage("master spark://node1: expected spark://HOST:PORT, found 'node1'");
  }

  @Test
  void aRefusalNamesTheSecret() {
    assertThat(new StandaloneMasters("spark://node1:7077").refused(null))
        .hasMessageContaining("spark.authenticate.secret")
        .hasMessageEndingWith("its Spark must be version 3.5.9");
  }

  @Test
  void aStopThatHangsIsLeftBehind() {
    CountDownLatch end = new CountDownLatch(1);
    assertThat(
            RunningSpark.ends(
                () -> {
                  try {
                    end.await();
                  } catch (InterruptedException none) {
                    Thread.currentThread().interrupt();
                  }
                },
                Duration.ofMillis(100)))
        .isFalse();
    end.countDown();
    assertThat(RunningSpark.ends(() -> {}, Duration.ofSeconds(10))).isTrue();
  }

  private static int closedPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
