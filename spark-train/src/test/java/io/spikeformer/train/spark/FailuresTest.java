package io.spikeformer.train.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.spikeformer.common.UserException;
import java.io.IOException;
import org.apache.spark.SparkException;
import org.junit.jupiter.api.Test;

class FailuresTest {
  @Test
  void aFailureOfThisProjectSpeaksForItself() {
    Exception inTask = new UserException(new IOException("full"), "cannot write here");
    assertThat(Failures.describe(new SparkException("Job aborted\n\tat", inTask)))
        .isEqualTo("cannot write here");
  }

  @Test
  void othersAreTheFirstLineOfTheirs() {
    assertThat(Failures.describe(new SparkException("Job aborted: lost\n\tat", null)))
        .isEqualTo("Job aborted: lost");
    assertThat(Failures.describe(new IOException("No space left on device\nhere")))
        .isEqualTo("java.io.IOException: No space left on device");
    assertThat(Failures.describe(new IOException())).isEqualTo("java.io.IOException");
  }
}
