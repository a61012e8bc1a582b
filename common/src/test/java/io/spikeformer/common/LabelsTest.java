package io.spikeformer.common;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LabelsTest {
  private static final TimeUnit[] TWO = {TimeUnit.SECONDS, TimeUnit.HOURS};
  private static final TimeUnit[] THREE = {TimeUnit.DAYS, TimeUnit.SECONDS, TimeUnit.HOURS};

  @Test
  void aWordIsItsChoice() {
    assertThat(Labels.find("unit", TWO, TimeUnit::name, "HOURS")).isEqualTo(TimeUnit.HOURS);
  }

  @Test
  void anotherWordIsRefusedWithTheAcceptedOnes() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Labels.find("unit", TWO, TimeUnit::name, "hours"))
        .withMessage("unit: expected SECONDS or HOURS, found 'hours'");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Labels.find("unit", THREE, TimeUnit::name, "100%"))
        .withMessage("unit: expected one of DAYS, SECONDS, HOURS, found '100%'");
  }
}
