package io.spikeformer.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.common.Numbers;
import io.spikeformer.eval.energy.EnergyCsv;
import io.spikeformer.eval.page.Markup;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HtmlReportTest {
  private static final List<String> CIFAR =
      List.of(
          "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck");

  @Test
  void showsHeadlineFigures() {
    EvaluationResult result = SampleResults.random(CIFAR, 4);
    assertThat(HtmlReport.render(result))
        .contains("<h1>Evaluation of tiny, T = 4</h1>")
        .contains(Numbers.percent(result.primary().value()))
        .contains(Numbers.percent(SampleResults.classes(result).topFiveAccuracy()))
        .contains(Numbers.significant(1000 * result.fused().millijoules()) + " µJ")
        .contains(Numbers.significant(1000 * result.asExecuted().millijoules()) + " µJ")
        .contains("aria-label=\"Confusion matrix\"")
        .contains("stage3.block1.linear2, timestep 4: rate")
        .contains("2,209,258");
  }

  @Test
  void namesCannotBecomeMarkup() {
    List<String> names =
        List.of("<script>alert(1)</script>", "\"><img src=x onerror='alert(2)'>", "a & b", "#3");
    String page = HtmlReport.render(SampleResults.random(names, 1));
    assertThat(page)
        .doesNotContain("<script", "<img", "onerror='")
        .contains("&lt;script&gt;alert(1)&lt;/script&gt;")
        .contains("&quot;&gt;&lt;img src=x onerror=&#39;alert(2)&#39;&gt;")
        .contains("<td class=\"words\">#3</td>");
  }

  @Test
  void pageNeedsNothingFromElsewhere() {
    String page = HtmlReport.render(SampleResults.random(CIFAR, 2));
    assertThat(page.replace("http://www.w3.org/2000/svg", ""))
        .doesNotContain("http://", "https://", "src=", "url(", "@import", "<script", "<link");
  }

  @Test
  void elementsAreBalanced() {
    String page = HtmlReport.render(SampleResults.random(CIFAR, 2));
    for (String tag : List.of("section", "div", "svg", "rect", "text", "table", "tr", "td", "ul")) {
      assertThat(count(page, "<" + tag + "[ >]")).as(tag).isEqualTo(count(page, "</" + tag + ">"));
    }
  }

  @Test
  void undefinedFiguresAreSaid() {
    EvaluationResult empty = SampleResults.result(SampleResults.counts(10, 1), 10, 1);
    assertThat(HtmlReport.render(empty))
        .contains("There are no samples: every metric is undefined (NaN).")
        .contains("<p class=\"tile-value\">undefined</p>")
        .doesNotContain("NaN %");
  }

  @Test
  void manyClassesAreGrouped() {
    List<String> names = IntStream.range(0, 100).mapToObj(i -> "class " + i).toList();
    assertThat(HtmlReport.render(SampleResults.random(names, 1)))
        .contains("Confusion matrix, 100 classes in 40 groups")
        .contains("Least accurate classes")
        .contains("classes 1 to 3 taken for classes 1 to 3");
  }

  @Test
  void barsSayOfHowManySamples() {
    EvaluationResult result = SampleResults.random(CIFAR, 2);
    assertThat(HtmlReport.render(result))
        .contains(
            ">"
                + Numbers.percent(SampleResults.classes(result).classes().get(3).accuracy())
                + " of 40<")
        .contains(
            ">"
                + Numbers.percent(SampleResults.classes(result).accuracyByTimestep().get(0))
                + " of 400<");
    assertThat(Numbers.share(Double.NaN, 0)).isEqualTo("none");
  }

  @Test
  void coloursAreExplained() {
    assertThat(HtmlReport.render(SampleResults.random(CIFAR, 1)))
        .contains("aria-label=\"Colour scale of the firing rates\"")
        .contains("aria-label=\"Colours of the matrix\"", ">taken for another<");
  }

  @Test
  void silentLayersAreMarkedAndListed() {
    EvaluationCounts counts = SampleResults.counts(10, 2);
    String layer = counts.firing().layers().iterator().next();
    String busy = HtmlReport.render(SampleResults.result(counts, 10, 2));
    assertThat(busy).doesNotContain("Silent: fewer than", layer + " is silent");
    counts.firing().add(layer, 0, 0, 10_000_000);
    counts.firing().add(layer, 1, 0, 10_000_000);
    assertThat(HtmlReport.render(SampleResults.result(counts, 10, 2)))
        .contains("Silent: fewer than 0.001 spikes per neuron and timestep")
        .contains("<li>" + layer + ": rate 0.0000")
        .contains("<title>" + layer + " is silent</title>");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ar-EG", "fa-IR", "hi-IN-u-nu-deva", "de-DE"})
  void digitsAreThoseOfAsciiInEveryLanguage(String language) {
    EvaluationResult result = SampleResults.random(CIFAR, 2);
    ComparisonReport.Run run = new ComparisonReport.Run("run", result);
    String english = HtmlReport.render(result) + ComparisonReport.render(List.of(run, run));
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag(language));
    try {
      assertThat(HtmlReport.render(result) + ComparisonReport.render(List.of(run, run)))
          .isEqualTo(english)
          .doesNotContainPattern("[\\p{Nd}&&[^0-9]]");
      assertThat(EnergyCsv.write(List.of(result.fused())))
          .doesNotContainPattern("[\\p{Nd}&&[^0-9]]");
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void ratesOfSlotsStandBesideMeanIntegersOfARunOnSpikes() {
    EvaluationResult result = SampleResults.random(CIFAR, 1);
    assertThat(HtmlReport.render(result))
        .doesNotContain("Firing rates by slot", "Mean integer")
        .contains(">.80<", ">1.00<");
    assertThat(HtmlReport.render(SampleResults.expanded(result)).replaceAll("<[^>]*>\\s*", "|"))
        .contains(
            "|Firing rates by slot|",
            "|Mean integer|",
            "|per neuron and timestep, of at most 4|",
            "|3.20|",
            "|4.00|")
        .containsPattern("\\|Layer\\|+mean integer\\|+slot 1\\|+slot 2\\|+slot 3\\|+slot 4\\|")
        .containsPattern(
            "\\|stage1.downsample2\\|+2.0000\\|+0.7500\\|+0.6250\\|+0.3750\\|+0.2500\\|")
        .containsPattern("\\|head\\|+0.2500\\|+0.2500\\|+0.0000\\|+0.0000\\|+0.0000\\|");
  }

  @Test
  void unclosedMarkupIsRefused() {
    assertThatThrownBy(() -> new Markup().open("p").toString())
        .hasMessage("markup: expected all elements closed, found [p]");
    assertThatThrownBy(() -> new Markup().style("</style>"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Markup().script("a </script>"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(new Markup().text("a\u0000b").toString()).isEqualTo("a\uFFFDb");
  }

  private static int count(String page, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(page);
    int count = 0;
    while (matcher.find()) {
      count++;
    }
    return count;
  }
}
