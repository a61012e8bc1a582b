package io.spikeformer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.common.UserException;
import io.spikeformer.model.kernel.Kernels;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class KernelProviderTest {
  /** What a Java without the Vector API's module would choose; run in a process of its own. */
  static final class WithoutModule {
    private WithoutModule() {}

    public static void main(String[] arguments) {
      System.out.println(KernelProvider.create("auto", 2).name());
      try {
        KernelProvider.create("fast", 2);
      } catch (UserException e) {
        System.out.println(e.getMessage());
      }
    }
  }

  @Test
  void theChoiceIsObeyed() {
    try (Kernels reference = KernelProvider.create("reference", 2);
        Kernels fast = KernelProvider.create("FAST", 2);
        Kernels auto = KernelProvider.create("auto", 1)) {
      assertThat(reference.name()).isEqualTo("reference");
      assertThat(reference.threads()).isEqualTo(1);
      assertThat(fast.name()).isEqualTo("fast");
      assertThat(fast.threads()).isEqualTo(2);
      assertThat(auto.name()).isEqualTo("fast");
      assertThat(auto.threads()).isEqualTo(1);
    }
  }

  @Test
  void anUnknownChoiceIsRefused() {
    assertThatThrownBy(() -> KernelProvider.create("turbo", 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("kernels: expected auto, fast or reference, found 'turbo'");
    assertThatThrownBy(() -> KernelProvider.requireKnown("turbo"))
        .hasMessage("kernels: expected auto, fast or reference, found 'turbo'");
    assertThatThrownBy(() -> KernelProvider.create("auto", 0))
        .hasMessage("kernel threads: expected >= 1, found 0");
  }

  @Test
  void withoutTheVectorModuleAutoFallsBackAndFastSaysWhatToDo()
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                WithoutModule.class.getName())
            .redirectErrorStream(false)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    assertThat(output.lines())
        .containsExactly(
            "reference",
            "kernels: fast cannot run here: the module is missing; start Java with"
                + " --add-modules=jdk.incubator.vector; choose auto or reference");
  }
}
