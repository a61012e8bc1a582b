package io.spikeformer.data.preview;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClassColoursTest {
  /** Background, aeroplane, bicycle, person, tvmonitor, outline. */
  @ParameterizedTest
  @CsvSource({
    "0, 0x000000",
    "1, 0x800000",
    "2, 0x008000",
    "15, 0xc08080",
    "20, 0x004080",
    "255, 0xe0e0c0"
  })
  void pixelsHaveTheColoursOfVoc2012(int label, String colour) {
    assertThat(ClassColours.ofPixels(label)).isEqualTo(Integer.decode(colour));
  }

  @Test
  void noTwoClassesOfPixelsHaveOneColour() {
    assertThat(IntStream.range(0, 256).map(ClassColours::ofPixels).distinct().count())
        .isEqualTo(256);
  }
}
