package io.spikeformer.jobs.evaluate;

import io.spikeformer.common.Text;
import io.spikeformer.eval.energy.EnergyAccount;
import io.spikeformer.eval.energy.FiringRates;
import io.spikeformer.jobs.cli.OutputOptions;
import io.spikeformer.jobs.cli.TextTable;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Prints published tables beside what is computed here. */
@Command(
    name = "compare",
    description = {
      "Prints the paper's Table 1 (networks), 3 and 9 (detectors), 4 and 10 (segmentation) and 5"
          + " (ablations), as published, beside the parameters and the energy of the same networks"
          + " here.",
      "The firing rates behind the published powers are unknown, except for 31M at T = 4 (command"
          + " energy). So energies are given at one rate for all layers. Beside them stands the rate"
          + " at which they would be the published ones.",
      "Of detectors and segmentation, backbone and head are printed apart. The published power is"
          + " divided as well: into the backbone, if it fires as in Table 1, and what is left for"
          + " neck and heads.",
    },
    showDefaultValues = true,
    footerHeading = "%nExample:%n",
    footer = "  jobs/spikeformer compare --table 5 --rate 0.2")
public final class CompareCommand implements Runnable {
  @Mixin private OutputOptions output;
  @Spec private CommandSpec spec;

  @Option(
      names = "--table",
      paramLabel = "N",
      description = "Only table 1, 3, 4, 5, 9 or 10 (default: all).",
      showDefaultValue = picocli.CommandLine.Help.Visibility.NEVER)
  private Integer table;

  @Option(
      names = "--rate",
      paramLabel = "RATE",
      defaultValue = "0.2",
      converter = FiringRate.class,
      description =
          "Spikes per input and timestep that all layers are given: above 0 and up to 1. Above 1, a"
              + " mean integer up to D, the rows are those of networks of integers alone.")
  private double rate;

  @Override
  public void run() {
    if (table != null && PaperTable.of(table).isEmpty()) {
      throw new ParameterException(
          spec.commandLine(),
          "Invalid value for option '--table': expected 1, 3, 4, 5, 9 or 10, found " + table);
    }
    List<ComparedRow> rows =
        firing().stream().map(published -> ComparedRow.of(published, rate)).toList();
    output.print(() -> text(rows), () -> json(rows));
  }

  /** The rows of networks whose neurons can fire at the rate. */
  private List<PublishedResult> firing() {
    List<PublishedResult> asked =
        PublishedResult.all().stream()
            .filter(published -> table == null || published.table() == table)
            .toList();
    asked.stream()
        .map(PublishedResult::config)
        .max(Comparator.comparingInt(FiringRates::most))
        .ifPresent(config -> FiringRate.require(rate, config, spec));
    return asked.stream().filter(row -> rate <= FiringRates.most(row.config())).toList();
  }

  private String text(List<ComparedRow> rows) {
    StringBuilder text = new StringBuilder();
    for (PaperTable shown : PaperTable.ALL) {
      List<ComparedRow> part = rows.stream().filter(row -> row.table().equals(shown)).toList();
      if (!part.isEmpty()) {
        text.append(
            Text.format(
                "Table %d, %s, %dx%d; energies here at %s spikes per input and timestep%n%n%s%n",
                shown.number(),
                shown.data(),
                shown.size().height(),
                shown.size().width(),
                rate,
                shown.heads() ? headTable(shown, part) : table(shown, part)));
        part.stream()
            .filter(row -> !row.published().note().isEmpty())
            .map(row -> row.published().preset() + ": " + row.published().note())
            .distinct()
            .forEach(note -> text.append(note).append(System.lineSeparator()));
        text.append(System.lineSeparator());
      }
    }
    return text.toString().stripTrailing();
  }

  private static TextTable table(PaperTable shown, List<ComparedRow> rows) {
    TextTable columns =
        new TextTable(
            1,
            "network",
            "T",
            "published M",
            "here M",
            "published mJ",
            "fused mJ",
            "as executed mJ",
            "implied rate",
            "published " + shown.accuracy() + " %");
    for (ComparedRow row : rows) {
      PublishedResult published = row.published();
      columns.row(
          published.preset(),
          "" + published.timesteps(),
          print("%.1f", OptionalDouble.of(published.millions())),
          print("%.3f", OptionalDouble.of(row.parameters() / 1e6)),
          print("%.2f", published.millijoules()),
          print("%.2f", OptionalDouble.of(row.fused().millijoules())),
          print("%.2f", OptionalDouble.of(row.executed().millijoules())),
          print("%.3f", row.impliedRate()),
          print("%.2f", published.accuracy()));
    }
    return columns;
  }

  /** Backbone + head where both are printed. */
  private static TextTable headTable(PaperTable shown, List<ComparedRow> rows) {
    TextTable columns =
        new TextTable(
            1,
            "network",
            "T",
            "published M",
            "here M",
            "fused mJ",
            "as executed mJ",
            "published mJ",
            "backbone as in Table 1",
            "left for the head",
            "rate of the head",
            "published " + shown.accuracy() + " %");
    for (ComparedRow row : rows) {
      PublishedResult published = row.published();
      columns.row(
          published.preset(),
          "" + published.timesteps(),
          print("%.1f", OptionalDouble.of(published.millions())),
          print("%.3f", OptionalDouble.of(row.parameters() / 1e6)),
          parts(row.fused()),
          parts(row.executed()),
          print("%.1f", published.millijoules()),
          print("%.1f", share(row, share -> OptionalDouble.of(share.backbone()))),
          print("%.1f", share(row, share -> OptionalDouble.of(share.head()))),
          print("%.3f", share(row, ComparedRow.Share::headRate)),
          print("%.1f", published.accuracy()));
    }
    return columns;
  }

  private static String parts(EnergyAccount account) {
    return Text.format("%.1f + %.1f", account.backboneMillijoules(), account.headMillijoules());
  }

  private static OptionalDouble share(
      ComparedRow row, Function<ComparedRow.Share, OptionalDouble> part) {
    return row.share().map(part).orElse(OptionalDouble.empty());
  }

  private static String print(String format, OptionalDouble value) {
    return value.isPresent() ? String.format(Locale.ROOT, format, value.getAsDouble()) : "-";
  }

  private Map<String, ?> json(List<ComparedRow> rows) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("rate", rate);
    object.put("rows", rows.stream().map(CompareCommand::json).toList());
    return object;
  }

  private static Map<String, ?> json(ComparedRow row) {
    PublishedResult published = row.published();
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("table", published.table());
    object.put("preset", published.preset());
    object.put("timesteps", published.timesteps());
    object.put("height", row.table().size().height());
    object.put("width", row.table().size().width());
    object.put("publishedMillions", published.millions());
    object.put("publishedMillijoules", orNull(published.millijoules()));
    object.put(row.table().accuracyKey(), orNull(published.accuracy()));
    object.put("note", published.note());
    object.put("parameters", row.parameters());
    object.put("fusedMillijoules", row.fused().millijoules());
    object.put("asExecutedMillijoules", row.executed().millijoules());
    object.put("impliedRate", orNull(row.impliedRate()));
    if (row.table().heads()) {
      object.put("headMillijoules", row.fused().headMillijoules());
      object.put("fusedMillijoulesPerPart", row.fused().millijoulesPerPart());
      object.put("asExecutedMillijoulesPerPart", row.executed().millijoulesPerPart());
      object.put(
          "publishedBackboneMillijoules",
          orNull(share(row, share -> OptionalDouble.of(share.backbone()))));
      object.put(
          "publishedHeadMillijoules", orNull(share(row, share -> OptionalDouble.of(share.head()))));
      object.put("publishedHeadRate", orNull(share(row, ComparedRow.Share::headRate)));
    }
    return object;
  }

  private static Double orNull(OptionalDouble value) {
    return value.isPresent() ? value.getAsDouble() : null;
  }
}
