package io.spikeformer.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ComparisonReportTest {
  private static final List<String> CLASSES = List.of("ant", "bee", "<cat>", "dog", "eel", "fox");
  private static final ComparisonReport.Run ONE =
      new ComparisonReport.Run("runs/t1", SampleResults.random(CLASSES, 1));
  private static final ComparisonReport.Run FOUR =
      new ComparisonReport.Run("runs/t4", SampleResults.random(CLASSES, 4));

  @Test
  void showsEveryRunInEveryPart() {
    String page = ComparisonReport.render(List.of(ONE, FOUR));
    assertThat(page)
        .contains("<h1>Comparison of 2 evaluations</h1>")
        .contains(Numbers.percent(ONE.result().accuracy()))
        .contains("Classes that differ most", "&lt;cat&gt;", "after timestep 4:")
        .doesNotContain("<cat>", "<script", "src=", "NaN");
    assertThat(page.split(">runs/t4<", -1)).hasSizeGreaterThan(5);
  }

  @Test
  void saysWhatDoesNotCompare() {
    EvaluationResult other = SampleResults.result(SampleResults.counts(4, 1), 4, 1);
    String page = ComparisonReport.render(List.of(ONE, new ComparisonReport.Run("empty", other)));
    assertThat(page)
        .contains("The evaluations are on different data: accuracies do not compare.")
        .contains("empty: There are no samples: every metric is undefined (NaN).")
        .doesNotContain("Classes that differ most");
  }

  @Test
  void nothingToCompareIsRefused() {
    assertThatThrownBy(() -> ComparisonReport.render(List.of()))
        .hasMessage("comparison: expected evaluations, found none");
  }
}
