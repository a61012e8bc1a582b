package io.spikeformer.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.common.Numbers;
import io.spikeformer.common.Text;
import io.spikeformer.eval.page.Chart;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
        .contains(Numbers.percent(ONE.result().primary().value()))
        .contains("Classes that differ most", "&lt;cat&gt;", "after timestep 4:")
        .doesNotContain("<cat>", "<script", "src=", "NaN");
    assertThat(page.split(">runs/t4<", -1)).hasSizeGreaterThan(5);
  }

  @Test
  void accuracyAgainstEnergyIsAChartWithUnits() {
    String page = ComparisonReport.render(List.of(ONE, FOUR));
    String point =
        Text.format(
            "runs/t4: %s of 240, %s µJ",
            Numbers.percent(FOUR.result().primary().value()),
            Numbers.significant(1000 * FOUR.result().fused().millijoules()));
    assertThat(page)
        .contains("<h2>Top-1 accuracy against energy</h2>")
        .contains(">energy per image, µJ<", ">Top-1 accuracy, %<")
        .contains("<title>" + point + "</title>");
    assertThat(page.split("<circle", -1)).as("two points in each of two charts").hasSize(5);
  }

  @Test
  void namesThatMeetMoveApart() {
    Matcher label =
        Pattern.compile("class=\"label\" x=\"([\\d.]+)\" y=\"([\\d.]+)\"")
            .matcher(
                ComparisonReport.render(
                    List.of(
                        new ComparisonReport.Run("first", ONE.result()),
                        new ComparisonReport.Run("second", ONE.result()),
                        new ComparisonReport.Run("third", ONE.result()))));
    List<Double> heights = new ArrayList<>();
    while (label.find()) {
      heights.add(Double.valueOf(label.group(2)));
    }
    assertThat(heights).hasSize(6);
    assertThat(heights.subList(0, 3)).doesNotHaveDuplicates();
  }

  @Test
  void longNamesLoseTheirMiddle() {
    String common = "runs/2026-11-30-with-a-long-name-that-says-everything/";
    String page =
        ComparisonReport.render(
            List.of(
                new ComparisonReport.Run(common + "t1/test", ONE.result()),
                new ComparisonReport.Run(common + "t4/test", FOUR.result())));
    assertThat(page)
        .containsPattern(">runs/[^<]*…[^<]*/t1/test<")
        .containsPattern("…[^<]*/t4/test<");
    assertThat(Chart.fit("abcdefghij", 5 * Chart.CHARACTER)).isEqualTo("ab…ij");
    assertThat(Chart.fit("ab\uD83D\uDE00\uD83D\uDE00\uD83D\uDE00j", 4 * Chart.CHARACTER))
        .as("no half of a character")
        .isEqualTo("a…\uD83D\uDE00j");
    assertThat(Chart.fit("abc", 5 * Chart.CHARACTER)).isEqualTo("abc");
  }

  @Test
  void saysWhatDoesNotCompare() {
    EvaluationResult other = SampleResults.result(SampleResults.counts(4, 1), 4, 1);
    String page = ComparisonReport.render(List.of(ONE, new ComparisonReport.Run("empty", other)));
    assertThat(page)
        .contains("The evaluations are on different data: figures do not compare.")
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
