package io.spikeformer.jobs.evaluate;

import io.spikeformer.common.UserException;
import io.spikeformer.data.output.OutputPlaces;
import io.spikeformer.data.output.PlaceContent;
import io.spikeformer.data.storage.Storage;
import io.spikeformer.eval.ComparisonReport;
import io.spikeformer.eval.EvaluationResult;
import io.spikeformer.jobs.cli.HadoopSettings;
import io.spikeformer.jobs.cli.OutputOptions;
import io.spikeformer.jobs.cli.OverwriteOption;
import io.spikeformer.jobs.cli.TextTable;
import io.spikeformer.tasks.Figure;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Puts several evaluations side by side. */
@Command(
    name = "report",
    description = "Puts several evaluations side by side, as a table and as an HTML page.",
    showDefaultValues = true,
    footerHeading = "%nExample:%n",
    footer = "  jobs/spikeformer report runs/t1/test runs/t4/test --output comparison.html")
public final class ReportCommand implements Runnable {
  /** An evaluation of a thousand classes is about 3 MB. */
  private static final int MOST_BYTES = 256 << 20;

  private static final String RESULT = "evaluation.json";

  @Mixin private OutputOptions output;

  @Parameters(
      arity = "1..*",
      paramLabel = "URI",
      description = "Output folders of evaluate, or their evaluation.json.")
  private List<String> evaluations;

  @Option(
      names = "--output",
      paramLabel = "URI",
      defaultValue = "comparison.html",
      description = "The page to write.")
  private String target;

  @Mixin private OverwriteOption overwrite;

  @Override
  public void run() {
    Storage storage = new Storage(HadoopSettings.configuration());
    Path file = place(storage);
    List<ComparisonReport.Run> runs = new ArrayList<>();
    for (String location : evaluations) {
      runs.add(new ComparisonReport.Run(location, read(storage, location)));
    }
    storage.writeText(file, ComparisonReport.render(runs));
    output.print(() -> text(runs), () -> json(runs));
  }

  private Path place(Storage storage) {
    OutputPlaces outputs = new OutputPlaces(storage);
    evaluations.forEach(location -> outputs.reads("an evaluation,", location));
    return outputs.file("--output", target, PlaceContent.PAGE, overwrite.existing());
  }

  private static EvaluationResult read(Storage storage, String location) {
    Path path = Storage.path(location);
    Path file =
        storage.status(path).filter(FileStatus::isFile).isPresent() ? path : new Path(path, RESULT);
    if (!storage.exists(file)) {
      throw new UserException(
          "report: expected an evaluation at %s, found no %s; give an output folder of evaluate",
          location, file);
    }
    String text = storage.readText(file, MOST_BYTES);
    try {
      return EvaluationResult.fromJson(text);
    } catch (UserException e) {
      throw new UserException(e, "%s: %s", file, e.getMessage());
    }
  }

  private String text(List<ComparisonReport.Run> runs) {
    List<String> heading = new ArrayList<>(List.of("evaluation", "T", "samples"));
    runs.get(0).result().outcome().comparable().stream()
        .map(figure -> figure.brief() + figure.unit().symbol())
        .forEach(heading::add);
    if (runs.get(0).result().loss().isPresent()) {
      heading.add("loss");
    }
    heading.addAll(List.of("firing rate", "mJ fused", "mJ as executed"));
    TextTable table = new TextTable(1, heading.toArray(String[]::new));
    for (ComparisonReport.Run run : runs) {
      EvaluationResult result = run.result();
      List<String> row = new ArrayList<>();
      row.add(run.name());
      row.add("" + result.config().timesteps());
      row.add("" + result.samples());
      result.outcome().comparable().stream().map(ReportCommand::value).forEach(row::add);
      result.loss().ifPresent(loss -> row.add(number("%.4f", loss)));
      row.add(number("%.4f", result.firingRate()));
      row.add(number("%.4f", result.fused().millijoules()));
      row.add(number("%.4f", result.asExecuted().millijoules()));
      table.row(row.toArray(String[]::new));
    }
    return table + System.lineSeparator() + "report: " + target;
  }

  private static String value(Figure figure) {
    String format = figure.unit() == Figure.Unit.FRACTION ? "%.2f" : "%.4f";
    return number(format, figure.unit().scaled(figure.value()));
  }

  private Map<String, ?> json(List<ComparisonReport.Run> runs) {
    List<Map<String, ?>> rows = new ArrayList<>();
    for (ComparisonReport.Run run : runs) {
      EvaluationResult result = run.result();
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("evaluation", run.name());
      row.put("model", result.config().name());
      row.put("timesteps", result.config().timesteps());
      row.put("samples", result.samples());
      row.put("task", result.task());
      row.putAll(result.outcome().summary());
      result.loss().ifPresent(loss -> row.put("loss", loss));
      row.put("firingRate", result.firingRate());
      row.put("fusedMillijoules", result.fused().millijoules());
      row.put("asExecutedMillijoules", result.asExecuted().millijoules());
      rows.add(row);
    }
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("evaluations", rows);
    object.put("report", target);
    return object;
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
