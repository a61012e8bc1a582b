package io.spikeformer.jobs.evaluate;

import io.spikeformer.common.Text;
import io.spikeformer.data.output.OutputPlaces;
import io.spikeformer.data.output.PlaceContent;
import io.spikeformer.data.storage.Storage;
import io.spikeformer.data.text.TextFile;
import io.spikeformer.eval.energy.EnergyAccount;
import io.spikeformer.eval.energy.EnergyConstants;
import io.spikeformer.eval.energy.EnergyCsv;
import io.spikeformer.eval.energy.FiringRates;
import io.spikeformer.jobs.cli.HadoopSettings;
import io.spikeformer.jobs.cli.OutputOptions;
import io.spikeformer.jobs.cli.OverwriteOption;
import io.spikeformer.jobs.cli.PositiveNumber;
import io.spikeformer.jobs.cli.PresetOptions;
import io.spikeformer.jobs.cli.TextTable;
import io.spikeformer.model.box.RegionMeans;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.model.cost.CountingConvention;
import io.spikeformer.model.cost.LayerCosts;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.apache.hadoop.fs.Path;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Accounts for the energy of a network from a table of firing rates. */
@Command(
    name = "energy",
    description = "Accounts for the energy of one image from firing rates.",
    showDefaultValues = true,
    footerHeading = "%nExample:%n",
    footer = {
      "  jobs/spikeformer energy --preset 31M --timesteps 4 --rates conf/firing-rates/31m-t4.csv",
      "  jobs/spikeformer energy --preset coco-maskrcnn-15m --timesteps 1 --rate 0.2 --size 512"
          + " --width 853"
    })
public final class EnergyCommand implements Runnable {
  private static final int MAX_TABLE_BYTES = 16 << 20;

  @Mixin private PresetOptions network;
  @Mixin private EnergyOptions energy;
  @Mixin private OutputOptions output;
  @Spec private CommandSpec spec;

  @Option(
      names = "--timesteps",
      required = true,
      paramLabel = "T",
      description = "Timesteps: columns t1 to tT of a table.",
      converter = PositiveNumber.class)
  private int timesteps;

  @ArgGroup(multiplicity = "1")
  private Rates rates;

  /** The firing rates: of each layer, or one of all. */
  private static final class Rates {
    @Option(
        names = "--rates",
        required = true,
        paramLabel = "URI",
        description = "CSV with the columns layer, t1 ... tT and a row for each neuron layer.")
    private String table;

    @Option(
        names = "--rate",
        required = true,
        paramLabel = "RATE",
        converter = FiringRate.class,
        description =
            "One rate for all neuron layers, in place of a table: above 0 and up to 1, or a mean"
                + " integer up to D. Layers that run once have it at the first timestep.")
    private double all;

    void require(NetworkConfig config, CommandSpec spec) {
      if (table == null) {
        FiringRate.require(all, config, spec);
      }
    }

    FiringRates read(Storage storage, NetworkConfig config) {
      return table == null
          ? FiringRates.uniform(config, all)
          : FiringRates.readCsv(
              TextFile.decode(table, storage.read(Storage.path(table), MAX_TABLE_BYTES)), config);
    }

    String name() {
      return table == null
          ? Text.format("%s spikes per input and timestep", all)
          : "rates of " + table;
    }
  }

  @Option(
      names = "--box-regions",
      paramLabel = "N",
      defaultValue = "1000",
      description = "Regions of an image that the box head of a detector computes, on average.")
  private double boxRegions;

  @Option(
      names = "--mask-regions",
      paramLabel = "N",
      defaultValue = "100",
      description = "Regions of an image that its mask head computes, on average.")
  private double maskRegions;

  @Option(
      names = "--csv",
      paramLabel = "URI",
      description = "Also write a row for each layer and convention to a file.")
  private String csv;

  @Mixin private OverwriteOption overwrite;

  @Override
  public void run() {
    EnergyConstants constants = energy.constants();
    NetworkConfig config = network.config().withTimesteps(timesteps);
    rates.require(config, spec);
    Storage storage = new Storage(HadoopSettings.configuration());
    Path file =
        csv == null
            ? null
            : places(storage).file("--csv", csv, PlaceContent.TEXT, overwrite.existing());
    FiringRates table = rates.read(storage, config);
    LayerCosts costs =
        LayerCosts.of(
            config,
            network.size().height(),
            network.size().width(),
            new RegionMeans(boxRegions, maskRegions));
    EnergyAccount fused = EnergyAccount.of(costs, table, constants, CountingConvention.FUSED);
    EnergyAccount executed =
        EnergyAccount.of(costs, table, constants, CountingConvention.AS_EXECUTED);
    if (file != null) {
      storage.writeText(file, EnergyCsv.write(List.of(fused, executed)));
    }
    output.print(() -> text(fused, executed), () -> json(fused, executed));
  }

  private OutputPlaces places(Storage storage) {
    OutputPlaces places = new OutputPlaces(storage);
    return rates.table == null ? places : places.reads("--rates", rates.table);
  }

  private String text(EnergyAccount fused, EnergyAccount executed) {
    TextTable table = new TextTable(1, "block", "fused mJ", "as executed mJ");
    Map<String, Double> executedBlocks = executed.millijoulesPerBlock();
    fused
        .millijoulesPerBlock()
        .forEach(
            (block, energy) ->
                table.row(block, millijoules(energy), millijoules(executedBlocks.get(block))));
    if (fused.hasDeepHead()) {
      for (String part : fused.millijoulesPerPart().keySet()) {
        row(
            table,
            "sum of the " + part,
            fused,
            executed,
            account -> account.millijoulesPerPart().get(part));
      }
      row(table, "sum behind the backbone", fused, executed, EnergyAccount::headMillijoules);
    }
    row(table, "total", fused, executed, EnergyAccount::millijoules);
    row(
        table,
        "attention operators, not in it",
        fused,
        executed,
        EnergyAccount::attentionMillijoules);
    row(table, "ANN equivalent", fused, executed, EnergyAccount::annMillijoules);
    return Text.format(
        "%s, T = %d, %dx%d, %s, %.4g pJ per MAC, %.4g pJ per addition: %.2f mJ fused"
            + " (the published convention), %.2f mJ as executed%n%n%s",
        network.config().name(),
        timesteps,
        network.size().height(),
        network.size().width(),
        rates.name(),
        fused.constants().macPicojoules(),
        fused.constants().acPicojoules(),
        fused.millijoules(),
        executed.millijoules(),
        table.toString().stripTrailing());
  }

  private static void row(
      TextTable table,
      String name,
      EnergyAccount fused,
      EnergyAccount executed,
      ToDoubleFunction<EnergyAccount> energy) {
    table.row(
        name,
        millijoules(energy.applyAsDouble(fused)),
        millijoules(energy.applyAsDouble(executed)));
  }

  private Map<String, ?> json(EnergyAccount fused, EnergyAccount executed) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("model", network.config().name());
    object.put("timesteps", timesteps);
    object.put("size", network.size().height());
    object.put("width", network.size().width());
    object.put("macPicojoules", fused.constants().macPicojoules());
    object.put("acPicojoules", fused.constants().acPicojoules());
    object.put("firstLayer", fused.constants().realInput().label());
    object.put("fused", json(fused));
    object.put("asExecuted", json(executed));
    return object;
  }

  private static Map<String, ?> json(EnergyAccount account) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("millijoules", account.millijoules());
    object.put("attentionMillijoules", account.attentionMillijoules());
    object.put("annMillijoules", account.annMillijoules());
    object.put("backboneMillijoules", account.backboneMillijoules());
    object.put("headMillijoules", account.headMillijoules());
    object.put("millijoulesPerTimestep", account.millijoulesPerTimestep());
    object.put("millijoulesPerStage", account.millijoulesPerStage());
    object.put("millijoulesPerPart", account.millijoulesPerPart());
    object.put("millijoulesPerBlock", account.millijoulesPerBlock());
    object.put("synapticOperations", account.synapticOperations());
    object.put("layers", account.layers());
    object.put("attention", account.attention());
    return object;
  }

  private static String millijoules(double energy) {
    return Text.format("%.4f", energy);
  }
}
