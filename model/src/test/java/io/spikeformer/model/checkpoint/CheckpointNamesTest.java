package io.spikeformer.model.checkpoint;

import static io.spikeformer.model.checkpoint.CheckpointFiles.assertHeaderRefused;
import static io.spikeformer.model.checkpoint.CheckpointFiles.assertSame;
import static io.spikeformer.model.checkpoint.CheckpointFiles.bytes;
import static io.spikeformer.model.checkpoint.CheckpointFiles.edited;
import static io.spikeformer.model.checkpoint.CheckpointFiles.length;
import static io.spikeformer.model.checkpoint.CheckpointFiles.read;
import static io.spikeformer.model.checkpoint.CheckpointFiles.small;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.spikeformer.model.config.MetaSpikeFormerConfig;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a header says besides the training: class names, and what computed the state. */
class CheckpointNamesTest {
  private static final Checkpoint ONE = unnamed(small(1));

  private static Checkpoint unnamed(MetaSpikeFormerConfig model) {
    return new Checkpoint(
        model, TrainingPosition.START, "", "", List.of(), new float[length(model)], List.of());
  }

  @Test
  void carriesTheClassNamesAndWhatComputedIt() {
    Arithmetic arithmetic = new Arithmetic(4, "fast", 512, List.of("avx512f", "avx512_bf16"));
    Checkpoint named =
        ONE.withClasses(List.of("n01440764 \u201etench\u201c")).withArithmetic(arithmetic);
    assertSame(read(bytes(named)), named);
    assertSame(read(bytes(named.withoutMoments())), named.withoutMoments());
    assertThat(named.withoutMoments().classes()).containsExactly("n01440764 \u201etench\u201c");
    assertThat(named.withoutMoments().arithmetic()).isEqualTo(arithmetic);
    assertThat(read(bytes(ONE)).arithmetic()).isNull();
    assertThat(read(bytes(ONE)).classes()).isEmpty();
  }

  @Test
  void everyClassHasANameOfItsOwnOrNoneHas() {
    Checkpoint unnamed = unnamed(small(2));
    Checkpoint two = unnamed.withClasses(List.of("cat", "dog"));
    assertSame(read(bytes(two)), two);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> unnamed.withClasses(List.of("cat")))
        .withMessage(
            "checkpoint classes: expected none or 2 names as the model has classes, found 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> unnamed.withClasses(List.of("cat", "cat")))
        .withMessage("checkpoint classes: expected different names, found cat twice");
    assertHeaderRefused("1 name", edited(two, h -> h.putArray("classes").add("cat")));
    assertHeaderRefused("twice", edited(two, h -> h.putArray("classes").add("cat").add("cat")));
  }

  @ParameterizedTest
  @CsvSource({"0, fast, 512", "1, ' ', 512", "1, , 512", "1, fast, -1"})
  void anImpossibleArithmeticIsRefused(int threads, String kernels, int vectorBits) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Arithmetic(threads, kernels, vectorBits, List.of()))
        .withMessageMatching("arithmetic (threads|kernels|vector-bits): expected .+, found .*");
    assertHeaderRefused(
        "arithmetic",
        edited(
            ONE,
            header ->
                header
                    .putObject("arithmetic")
                    .put("threads", threads)
                    .put("kernels", kernels)
                    .put("vector-bits", vectorBits)
                    .putArray("processor-features")));
  }
}
