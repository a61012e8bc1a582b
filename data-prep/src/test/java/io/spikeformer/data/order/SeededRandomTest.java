package io.spikeformer.data.order;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SeededRandomTest {
  @Test
  void givesThePublishedStreamOfSplitMix64() {
    SeededRandom random = new SeededRandom(1234567);

    assertThat(random.nextLong()).isEqualTo(6457827717110365317L);
    assertThat(random.nextLong()).isEqualTo(3203168211198807973L);
    assertThat(random.nextLong()).isEqualTo(-8629252141511181193L); // 9817491932198370423 unsigned
  }

  @Test
  void isUniform() {
    SeededRandom random = new SeededRandom(3);
    int[] counts = new int[10];
    double sum = 0;
    for (int i = 0; i < 100_000; i++) {
      counts[random.nextInt(10)]++;
      sum += random.nextDouble();
    }

    assertThat(Arrays.stream(counts)).allMatch(count -> Math.abs(count - 10_000) < 400);
    assertThat(sum / 100_000).isBetween(0.495, 0.505);
  }

  @Test
  void mixesEveryPartAndTheirOrder() {
    assertThat(SeededRandom.mix(1, 2)).isNotEqualTo(SeededRandom.mix(2, 1));
    assertThat(SeededRandom.mix(1, 0)).isNotEqualTo(SeededRandom.mix(1));
    assertThat(SeededRandom.hash("cat/1.jpg")).isNotEqualTo(SeededRandom.hash("cat/2.jpg"));
  }

  @Test
  void normalNumbersHaveTheMomentsOfTheNormalDistribution() {
    SeededRandom random = new SeededRandom(11);
    double[] moments = new double[5];
    int draws = 200_000;
    for (int i = 0; i < draws; i++) {
      double value = random.nextGaussian();
      for (int power = 1; power <= 4; power++) {
        moments[power] += Math.pow(value, power) / draws;
      }
    }
    assertThat(moments[1]).isBetween(-0.01, 0.01);
    assertThat(moments[2]).isBetween(0.99, 1.01);
    assertThat(moments[3]).isBetween(-0.05, 0.05);
    assertThat(moments[4]).isBetween(2.9, 3.1);
    assertThat(new SeededRandom(11).nextGaussian()).isEqualTo(new SeededRandom(11).nextGaussian());
  }
}
