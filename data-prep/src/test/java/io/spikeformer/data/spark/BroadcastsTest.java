package io.spikeformer.data.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.Serializable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;

class BroadcastsTest {
  private static final AtomicBoolean REMOVED = new AtomicBoolean();

  /** Spark closes what can be closed while it removes it. */
  private static final class SlowlyRemoved implements AutoCloseable, Serializable {
    private static final long serialVersionUID = 1;

    @Override
    public void close() throws InterruptedException {
      Thread.sleep(300);
      REMOVED.set(true);
    }
  }

  /** Else the stop of Spark that follows would interrupt it. */
  @Test
  void whatIsDestroyedIsGoneAtTheReturn() {
    SparkConf conf =
        new SparkConf(false)
            .setMaster("local[1]")
            .setAppName("broadcasts")
            .set("spark.ui.enabled", "false")
            .set("spark.driver.host", "localhost");
    try (JavaSparkContext spark = new JavaSparkContext(conf)) {
      Broadcasts.destroy(spark.broadcast(new SlowlyRemoved()));
      assertThat(REMOVED).isTrue();
    }
  }
}
