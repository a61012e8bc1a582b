package io.spikeformer.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HtmlReportTest {
  private static final List<String> CIFAR =
      List.of(
          "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck");

  @Test
  void showsHeadlineFigures() {
    EvaluationResult result = SampleResults.random(CIFAR, 4);
    assertThat(HtmlReport.render(result))
        .contains("<h1>Evaluation of tiny, T = 4</h1>")
        .contains(Numbers.percent(result.accuracy()))
        .contains(Numbers.percent(result.topFiveAccuracy()))
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
  void unclosedMarkupIsRefused() {
    assertThatThrownBy(() -> new Markup().open("p").toString())
        .hasMessage("markup: expected all elements closed, found [p]");
    assertThatThrownBy(() -> new Markup().style("</style>"))
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
