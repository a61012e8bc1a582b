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
  void theChecksumSaysWhetherDataAreTheSame() {
    String differ = "The evaluations are on different data";
    assertThat(page("data/val", "aa", "/mnt/data/val", "aa"))
        .contains(">On data/val<")
        .doesNotContain(differ);
    assertThat(page("data/val", "aa", "data/val", "bb"))
        .contains(differ, ">On different data that lay at data/val<");
    // from before there were checksums
    assertThat(page("data/val", "aa", "data/val", "")).doesNotContain(differ);
    assertThat(page("data/val", "aa", "/mnt/data/val", "")).contains(differ);
  }

  private static String page(String data, String checksum, String other, String otherChecksum) {
    return ComparisonReport.render(
        List.of(
            new ComparisonReport.Run("one", SampleResults.on(data, checksum, ONE.result())),
            new ComparisonReport.Run("two", SampleResults.on(other, otherChecksum, ONE.result()))));
  }

  @Test
  void nothingToCompareIsRefused() {
    assertThatThrownBy(() -> ComparisonReport.render(List.of()))
        .hasMessage("comparison: expected evaluations, found none");
  }
}
