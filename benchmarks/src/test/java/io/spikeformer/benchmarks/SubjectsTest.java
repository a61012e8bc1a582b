package io.spikeformer.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.model.kernel.OptimizerKernels;
import io.spikeformer.model.kernel.Tensor;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SubjectsTest {
  /** Promises about tensors, which compute nothing. */
  private static final Set<String> PROMISES = Set.of("keep", "forget");

  @Test
  void everyKernelIsMeasured() {
    Set<String> kernels =
        Stream.of(Kernels.class, OptimizerKernels.class)
            .flatMap(type -> Arrays.stream(type.getDeclaredMethods()))
            .filter(SubjectsTest::computes)
            .map(Method::getName)
            .collect(Collectors.toSet());

    assertThat(Subjects.all()).extracting(Subject::kernel).containsAll(kernels);
    kernels.addAll(DifferenceSubjects.NAMES);
    assertThat(kernels).containsAll(Subjects.all().stream().map(Subject::kernel).toList());
  }

  private static boolean computes(Method method) {
    List<Class<?>> parameters = List.of(method.getParameterTypes());
    return (parameters.contains(Tensor.class) || parameters.contains(Drive.class))
        && !PROMISES.contains(method.getName());
  }

  @Test
  void namesAreUnique() {
    assertThat(Subjects.all()).extracting(Subject::name).doesNotHaveDuplicates();
  }

  @Test
  void allWordsMustOccurInAName() {
    assertThat(Subjects.matching(List.of("convolution", "3x3 64->256", "bfloat16")))
        .extracting(Subject::name)
        .contains(
            "convolution 3x3 64->256 @112 bfloat16",
            "convolutionBackwardData 3x3 64->256 @112 bfloat16",
            "convolutionBackwardWeights 3x3 64->256 @112 bfloat16 bits 0.05")
        .allMatch(name -> name.contains("3x3 64->256") && name.contains("bfloat16"));
  }

  @Test
  void workCountsEveryOperandOnce() {
    Subject pointwise = Subjects.named("convolution 1x1 64->128 @112 float32");
    double pixels = 8.0 * 112 * 112;
    assertThat(pointwise.work().operations()).isEqualTo(2 * pixels * 64 * 128);
    assertThat(pointwise.work().bytes()).isEqualTo(4 * (pixels * (64 + 128) + 64 * 128));
  }

  @Test
  void shareIsThatOfTheCeilingWhichLeavesLess() {
    Subject subject = Subjects.named("convolution 1x1 64->128 @112 float32");
    double operations = subject.work().operations();
    double bytes = subject.work().bytes();

    Measurement busy = new Measurement(subject, 2, operations / 1e9, bytes / 1e9 * 4);
    assertThat(busy.bound()).isEqualTo("products");
    assertThat(busy.share()).isCloseTo(0.5, within(1e-12));

    Measurement waiting = new Measurement(subject, 2, operations / 1e9 * 4, bytes / 1e9);
    assertThat(waiting.bound()).isEqualTo("memory");
    assertThat(waiting.share()).isCloseTo(0.5, within(1e-12));
  }
}
