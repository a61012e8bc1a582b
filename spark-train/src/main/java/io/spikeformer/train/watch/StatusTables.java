package io.spikeformer.train.watch;

import io.spikeformer.common.Numbers;
import io.spikeformer.eval.page.Markup;
import io.spikeformer.train.Progress;
import io.spikeformer.train.output.EpochMetrics;
import io.spikeformer.train.recipe.Recipe;
import java.util.List;
import java.util.Objects;

/** The tables of the status page. */
final class StatusTables {
  private static final int EPOCH_ROWS = 12;
  private static final int NEWS = 20;

  private final Markup page;

  StatusTables(Markup page) {
    this.page = page;
  }

  /** The last epochs, the newest first. */
  void epochs(List<EpochMetrics> epochs) {
    if (epochs.isEmpty()) {
      return;
    }
    page.open("section").element("h2", "Epochs");
    page.open("table").open("thead").open("tr");
    String train = "train " + epochs.get(epochs.size() - 1).trainFigure().brief();
    List.of("epoch", "train loss", train, "val. loss", validated(epochs), "images/s", "seconds")
        .forEach(name -> page.element("th", name, "scope", "col", "class", "number"));
    page.close().close().open("tbody");
    int first = Math.max(0, epochs.size() - EPOCH_ROWS);
    for (int i = epochs.size() - 1; i >= first; i--) {
      page.open("tr");
      cells(epochs.get(i)).forEach(text -> page.element("td", text, "class", "number"));
      page.close();
    }
    page.close().close();
    page.element(
        "p", epochs.size() + " finished; all of them are in metrics.jsonl", "class", "note");
    page.close();
  }

  private static String validated(List<EpochMetrics> epochs) {
    return epochs.stream()
        .map(EpochMetrics::validation)
        .filter(Objects::nonNull)
        .findFirst()
        .map(validation -> "val. " + validation.primary().brief())
        .orElse("val. " + epochs.get(0).trainFigure().brief());
  }

  private static List<String> cells(EpochMetrics epoch) {
    EpochMetrics.Validation validation = epoch.validation();
    EpochMetrics.Seconds seconds = epoch.seconds();
    double wall =
        seconds.compute() + seconds.averaging() + seconds.validation() + seconds.checkpoint();
    return List.of(
        "" + epoch.epoch(),
        Numbers.decimals(epoch.trainLoss(), 4),
        epoch.trainFigure().text(),
        validation == null || validation.loss() == null
            ? ""
            : Numbers.decimals(validation.loss(), 4),
        validation == null ? "" : validation.primary().text(),
        Numbers.significant(epoch.imagesPerSecond()),
        Numbers.decimals(wall, 1));
  }

  /** The last things that happened to executors, the newest first. */
  void cluster(List<String> news) {
    if (news.isEmpty()) {
      return;
    }
    page.open("section").element("h2", "Cluster").open("ul", "class", "notes");
    int first = Math.max(0, news.size() - NEWS);
    for (int i = news.size() - 1; i >= first; i--) {
      page.element("li", news.get(i));
    }
    page.close();
    page.element("p", "All of it is in cluster.jsonl.", "class", "note").close();
  }

  /**
   * Where, on what and with what.
   *
   * @param continued the checkpoint that the run continues from; empty if it began afresh
   * @param checkpoint the newest one; its location is empty before the first
   * @param model the finished one; its location is empty before the end
   */
  void run(
      RunFacts facts,
      String continued,
      Progress.Saved checkpoint,
      Progress.Saved model,
      Recipe recipe) {
    page.open("section").element("h2", "Run");
    page.open("table", "class", "configuration").open("tbody");
    row("Began", TimeText.print(facts.began()));
    if (!continued.isEmpty()) {
      row("Continued from", continued);
    }
    row("Host", facts.host() + ", process " + facts.process());
    row("Training data", facts.train() + ": " + facts.data().samples());
    row("Validation data", facts.validation() == null ? "none" : facts.validation());
    if (facts.data().teacher() != null) {
      row("Teacher", facts.data().teacher().toString());
    }
    row("Last checkpoint", checkpoint.location().isEmpty() ? "none yet" : checkpoint.location());
    sha256(checkpoint);
    if (!model.location().isEmpty()) {
      row("Model", model.location());
      sha256(model);
    }
    page.close().close();
    page.open("details").element("summary", "The whole recipe");
    page.element("pre", recipe.toYaml()).close().close();
  }

  private void sha256(Progress.Saved saved) {
    if (!saved.stateSha256().isEmpty()) {
      row("SHA-256 of its state", saved.stateSha256());
    }
  }

  private void row(String name, String value) {
    page.open("tr").element("th", name, "scope", "row").element("td", value).close();
  }
}
