package io.spikeformer.jobs.evaluate;

import io.spikeformer.common.Text;
import io.spikeformer.data.geometry.Size;
import io.spikeformer.eval.energy.EnergyAccount;
import io.spikeformer.eval.energy.EnergyConstants;
import io.spikeformer.eval.energy.FiringRates;
import io.spikeformer.jobs.cli.OutputOptions;
import io.spikeformer.jobs.cli.TextTable;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.model.cost.CountingConvention;
import io.spikeformer.model.cost.LayerCosts;
import io.spikeformer.model.cost.ModelSummary;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
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
      "Prints the paper's Table 1 (networks) and Table 5 (ablations), as published, beside the"
          + " parameters and the energy of the same networks here.",
      "The firing rates behind the published powers are unknown, except for 31M at T = 4 (command"
          + " energy). So energies are given at one rate for all layers. Beside them stands the rate"
          + " at which they would be the published ones.",
    },
    showDefaultValues = true,
    footerHeading = "%nExample:%n",
    footer = "  jobs/spikeformer compare --table 5 --rate 0.2")
public final class CompareCommand implements Runnable {
  /**
   * A table of the paper.
   *
   * @param number in the paper
   * @param data that networks are trained on
   * @param size of an image for energies
   * @param accuracy the published figure, in %
   */
  private record PaperTable(int number, String data, Size size, String accuracy) {}

  private static final List<PaperTable> TABLES =
      List.of(
          new PaperTable(1, "ImageNet", new Size(224, 224), "top-1"),
          new PaperTable(3, "COCO", new Size(512, 853), "AP50"),
          new PaperTable(5, "ImageNet", new Size(224, 224), "top-1"));

  @Mixin private OutputOptions output;
  @Spec private CommandSpec spec;

  @Option(
      names = "--table",
      paramLabel = "N",
      description = "Only table 1, 3 or 5 (default: all).",
      showDefaultValue = picocli.CommandLine.Help.Visibility.NEVER)
  private Integer table;

  @Option(
      names = "--rate",
      paramLabel = "RATE",
      defaultValue = "0.2",
      description = "Spikes per input and timestep that all layers are given.")
  private double rate;

  @Override
  public void run() {
    if (table != null && TABLES.stream().noneMatch(known -> known.number() == table)) {
      throw new ParameterException(
          spec.commandLine(),
          "Invalid value for option '--table': expected 1, 3 or 5, found " + table);
    }
    if (!(rate > 0 && rate <= 1)) {
      throw new ParameterException(
          spec.commandLine(),
          "Invalid value for option '--rate': expected a rate above 0 and up to 1, found " + rate);
    }
    List<Row> rows =
        PublishedResult.all().stream()
            .filter(published -> table == null || published.table() == table)
            .map(published -> Row.of(published, rate))
            .toList();
    output.print(() -> text(rows), () -> json(rows));
  }

  /**
   * A published row and the same computed.
   *
   * @param parameters exact
   * @param fused energy at the stated rate in the published convention, in mJ
   * @param head the part of it that a head of several layers with its neck has
   * @param executed energy at that rate as executed, in mJ
   * @param impliedRate the rate of all layers at which the fused energy is the published power
   */
  private record Row(
      PublishedResult published,
      long parameters,
      double fused,
      OptionalDouble head,
      double executed,
      OptionalDouble impliedRate) {

    static Row of(PublishedResult published, double rate) {
      NetworkConfig config =
          NetworkConfig.preset(published.preset()).withTimesteps(published.timesteps());
      Size size = size(published);
      LayerCosts costs = LayerCosts.of(config, size.height(), size.width());
      EnergyAccount account = account(config, costs, CountingConvention.FUSED, rate);
      double fused = account.millijoules();
      double silent = account(config, costs, CountingConvention.FUSED, 0).millijoules();
      OptionalDouble implied =
          published.millijoules().isEmpty()
              ? OptionalDouble.empty()
              : OptionalDouble.of(
                  rate * (published.millijoules().getAsDouble() - silent) / (fused - silent));
      return new Row(
          published,
          ModelSummary.of(config, size.height(), size.width()).parameters(),
          fused,
          account.hasDeepHead()
              ? OptionalDouble.of(account.headMillijoules())
              : OptionalDouble.empty(),
          account(config, costs, CountingConvention.AS_EXECUTED, rate).millijoules(),
          implied);
    }

    private static Size size(PublishedResult published) {
      return TABLES.stream()
          .filter(known -> known.number() == published.table())
          .findFirst()
          .orElseThrow()
          .size();
    }

    private static EnergyAccount account(
        NetworkConfig config, LayerCosts costs, CountingConvention convention, double rate) {
      return EnergyAccount.of(
          costs, FiringRates.uniform(config, rate), EnergyConstants.NANOMETRES_45, convention);
    }
  }

  private String text(List<Row> rows) {
    StringBuilder text = new StringBuilder();
    for (PaperTable shown : TABLES) {
      TextTable columns =
          new TextTable(
              1,
              "network",
              "T",
              "published M",
              "here M",
              "published mJ",
              "fused mJ",
              "head of it",
              "as executed mJ",
              "implied rate",
              "published " + shown.accuracy() + " %");
      List<Row> part =
          rows.stream().filter(row -> row.published().table() == shown.number()).toList();
      part.forEach(row -> columns.row(cells(row)));
      if (!part.isEmpty()) {
        text.append(
            Text.format(
                "Table %d, %s, %dx%d; energies here at %s spikes per input and timestep%n%n%s%n",
                shown.number(),
                shown.data(),
                shown.size().height(),
                shown.size().width(),
                rate,
                columns));
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

  private static String[] cells(Row row) {
    PublishedResult published = row.published();
    return new String[] {
      published.preset(),
      "" + published.timesteps(),
      print("%.1f", OptionalDouble.of(published.millions())),
      print("%.3f", OptionalDouble.of(row.parameters() / 1e6)),
      print("%.2f", published.millijoules()),
      print("%.2f", OptionalDouble.of(row.fused())),
      print("%.2f", row.head()),
      print("%.2f", OptionalDouble.of(row.executed())),
      print("%.3f", row.impliedRate()),
      print("%.2f", published.accuracy())
    };
  }

  private static String print(String format, OptionalDouble value) {
    return value.isPresent() ? String.format(Locale.ROOT, format, value.getAsDouble()) : "-";
  }

  private Map<String, ?> json(List<Row> rows) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("rate", rate);
    object.put("rows", rows.stream().map(CompareCommand::json).toList());
    return object;
  }

  private static Map<String, ?> json(Row row) {
    PublishedResult published = row.published();
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("table", published.table());
    object.put("preset", published.preset());
    object.put("timesteps", published.timesteps());
    object.put("height", Row.size(published).height());
    object.put("width", Row.size(published).width());
    object.put("publishedMillions", published.millions());
    object.put("publishedMillijoules", orNull(published.millijoules()));
    object.put(
        published.table() == 3 ? "publishedAp50" : "publishedTop1", orNull(published.accuracy()));
    object.put("note", published.note());
    object.put("parameters", row.parameters());
    object.put("fusedMillijoules", row.fused());
    object.put("headMillijoules", orNull(row.head()));
    object.put("asExecutedMillijoules", row.executed());
    object.put("impliedRate", orNull(row.impliedRate()));
    return object;
  }

  private static Double orNull(OptionalDouble value) {
    return value.isPresent() ? value.getAsDouble() : null;
  }
}
