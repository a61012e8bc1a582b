package io.spikeformer.train.spark.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.spikeformer.data.batch.Batch;
import io.spikeformer.train.spark.SparkTests;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class TimedBatchesTest {
  private static final CountDownLatch BEGUN = new CountDownLatch(1);

  /** Else its core would stay taken until the end of the round. */
  @Test
  @Timeout(60)
  void aTaskThatIsCancelledAsksForNoFurtherBatch() throws InterruptedException {
    try (JavaSparkContext spark = new JavaSparkContext(SparkTests.conf("local[1]"))) {
      JavaFutureAction<?> endless =
          spark
              .parallelize(List.of(1), 1)
              .map(
                  one -> {
                    Iterator<?> batches =
                        new TimedBatches(
                            Stream.generate(() -> (Batch) null).iterator(), System.nanoTime());
                    while (batches.hasNext()) {
                      batches.next();
                      BEGUN.countDown();
                    }
                    return one;
                  })
              .collectAsync();
      assertThat(BEGUN.await(30, TimeUnit.SECONDS)).isTrue();
      endless.cancel(false);
      assertThat(spark.parallelize(List.of(1, 2), 1).count()).isEqualTo(2);
    }
  }
}
