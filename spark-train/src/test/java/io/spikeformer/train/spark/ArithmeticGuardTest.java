package io.spikeformer.train.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.spikeformer.common.UserException;
import io.spikeformer.eval.spark.ExecutorArithmetic;
import io.spikeformer.model.checkpoint.Arithmetic;
import io.spikeformer.model.checkpoint.TrainingPosition;
import io.spikeformer.train.Progress;
import io.spikeformer.train.StartingPoint;
import io.spikeformer.train.TrainingState;
import io.spikeformer.train.spark.TrainingOptions.OtherArithmetic;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ArithmeticGuardTest {
  private static final Arithmetic OLD = new Arithmetic(2, "fast", 256, List.of("avx", "avx2"));
  private static final Arithmetic NEW =
      new Arithmetic(2, "fast", 512, List.of("avx", "avx2", "avx512_core"));

  private final List<String> told = new ArrayList<>();
  private final Progress progress =
      new Progress() {
        @Override
        public void warning(String message) {
          told.add("warning: " + message);
        }

        @Override
        public void note(String message) {
          told.add("note: " + message);
        }
      };

  @Test
  void executorsOfOneKindAreWhatIsRecorded() {
    ArithmeticGuard guard = begin(OtherArithmetic.REFUSE, fresh(), at("h1", NEW), at("h2", NEW));
    guard.require(at("h3", NEW));
    assertThat(guard.current()).isEqualTo(NEW);
    assertThat(told).isEmpty();
  }

  @Test
  void executorsOfTwoKindsAreRefusedWithHostAndDifference() {
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> begin(OtherArithmetic.REFUSE, fresh(), at("h1", NEW), at("h2", OLD)))
        .withMessage(
            "arithmetic of the executors: expected the same as on h1 everywhere, found another on"
                + " h2: vector-bits: 512, now 256; processor-features: now without avx512_core; the"
                + " last bits would differ: use executors of one kind, or add"
                + " --allow-other-arithmetic");
  }

  @Test
  void anExecutorThatComesLaterIsCompared() {
    ArithmeticGuard guard = begin(OtherArithmetic.REFUSE, fresh(), at("h1", NEW));
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> guard.require(at("h9", OLD)))
        .withMessageContaining("found another on h9");
  }

  @Test
  void allowedKindsAreTogetherInTheRecordAndToldOfOnce() {
    ArithmeticGuard guard = begin(OtherArithmetic.ALLOW, fresh(), at("h1", OLD), at("h2", NEW));
    for (int round = 0; round < 3; round++) {
      guard.require(at("h1", OLD));
      guard.require(at("h2", NEW));
    }
    assertThat(guard.current())
        .isEqualTo(new Arithmetic(2, "fast", 512, List.of("avx", "avx2", "avx512_core", "mixed")));
    assertThat(told)
        .singleElement()
        .asString()
        .startsWith("warning: arithmetic of the executors")
        .endsWith("now with avx512_core; allowed: the last bits differ from here on");
    // what was mixed before goes on with any of the two kinds, but not without a word
    told.clear();
    begin(OtherArithmetic.ALLOW, resumed(guard.current()), at("h2", NEW));
    assertThat(told)
        .singleElement()
        .asString()
        .contains("differs: processor-features: now without mixed");
  }

  @Test
  void aCheckpointThatDoesNotSayWhatComputedItIsNotCompared() {
    ArithmeticGuard guard = begin(OtherArithmetic.REFUSE, resumed(null), at("h1", NEW));
    assertThat(guard.current()).isEqualTo(NEW);
    assertThat(told)
        .containsExactly(
            "note: checkpoint c.spkf does not say what it was computed with: this run's is not"
                + " compared");
  }

  private ArithmeticGuard begin(
      OtherArithmetic policy, StartingPoint start, ExecutorArithmetic... executors) {
    return ArithmeticGuard.begin(policy, progress, start, List.of(executors));
  }

  private static ExecutorArithmetic at(String host, Arithmetic arithmetic) {
    return new ExecutorArithmetic(host, arithmetic);
  }

  private static StartingPoint fresh() {
    return start("", null);
  }

  private static StartingPoint resumed(Arithmetic recorded) {
    return start("c.spkf", recorded);
  }

  private static StartingPoint start(String file, Arithmetic recorded) {
    return new StartingPoint(
        new TrainingState(0, new float[0]),
        0,
        TrainingPosition.START,
        List.of(),
        file,
        List.of(),
        recorded);
  }
}
