package io.spikeformer.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.spikeformer.common.UserException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class WorkerMomentsFormatTest {
  @Test
  void aWorkersMomentsAreReadBitForBitOrRefused() throws IOException {
    float[] values = {1.5f, -0f, 3e38f};
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    long checksum = WorkerMomentsFormat.write(values, out);
    byte[] whole = out.toByteArray();
    assertThat(whole).hasSize((int) WorkerMomentsFormat.fileLength(values.length));
    assertThat(moments(whole, checksum)).containsExactly(values);
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> moments(whole, checksum + 1))
        .withMessageContaining("as in the checkpoint");
    for (int i = 0; i < whole.length; i++) {
      byte[] damaged = whole.clone();
      damaged[i] ^= (byte) (1 << (i % 8));
      assertThatExceptionOfType(UserException.class)
          .as("byte %d", i)
          .isThrownBy(() -> moments(damaged, checksum))
          .withMessageStartingWith("checkpoint here");
    }
  }

  private static float[] moments(byte[] bytes, long checksum) throws IOException {
    return WorkerMomentsFormat.read(
        new ByteArrayInputStream(bytes), bytes.length, checksum, "here");
  }
}
