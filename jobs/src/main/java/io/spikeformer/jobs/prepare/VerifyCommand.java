package io.spikeformer.jobs.prepare;

import io.spikeformer.common.Text;
import io.spikeformer.data.shard.ShardSet;
import io.spikeformer.data.spark.VerifyJob;
import io.spikeformer.jobs.cli.HadoopSettings;
import io.spikeformer.jobs.cli.OutputOptions;
import io.spikeformer.jobs.cli.RunningSpark;
import io.spikeformer.jobs.cli.SparkOptions;
import io.spikeformer.jobs.cli.SparkSessions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Reads prepared shards again and says whether they are whole. */
@Command(
    name = "verify",
    description = {
      "Reads prepared shards again, all of them: checksums, counts, label ranges, that every"
          + " sample can be decoded, and that no two annotations have one id. The exit code is 1 if anything is wrong.",
    },
    footerHeading = "%nExample:%n",
    footer = "  jobs/spikeformer verify --data shards/train")
public final class VerifyCommand implements Callable<Integer> {
  private static final int MAX_SHOWN = 20;

  @Mixin private SparkOptions sparkOptions;
  @Mixin private OutputOptions output;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "URI",
      description = "Folder of a prepared split.")
  private String data;

  @Override
  public Integer call() {
    ShardSet.open(data, HadoopSettings.configuration());
    try (RunningSpark running = SparkSessions.start("spikeformer verify", sparkOptions)) {
      SparkSession spark = running.session();
      JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
      VerifyJob.Result result = new VerifyJob(context).run(data);
      output.print(() -> describe(result), () -> json(result));
      return result.problems().isEmpty() ? ExitCode.OK : ExitCode.SOFTWARE;
    }
  }

  private static String describe(VerifyJob.Result result) {
    int problems = result.problems().size();
    StringBuilder text = new StringBuilder();
    for (String problem : result.problems().subList(0, Math.min(problems, MAX_SHOWN))) {
      text.append("problem: ").append(problem).append(System.lineSeparator());
    }
    if (problems > MAX_SHOWN) {
      text.append("... and ").append(problems - MAX_SHOWN).append(" more, see --json");
      text.append(System.lineSeparator());
    }
    return text.append(
            Text.format(
                "%s: %,d of %,d %s samples in %d shards read, %s",
                result.manifest().split(),
                result.samples(),
                result.manifest().accepted(),
                result.manifest().kind().truth().task(),
                result.manifest().shards().size(),
                problems == 0 ? "nothing wrong" : problems + " problems"))
        .toString();
  }

  private static Map<String, ?> json(VerifyJob.Result result) {
    List<String> problems = result.problems();
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("split", result.manifest().split());
    object.put("task", result.manifest().kind().truth().task());
    object.put("content", result.manifest().kind().content().id());
    object.put("expected", result.manifest().accepted());
    object.put("samples", result.samples());
    object.put("shards", result.manifest().shards().size());
    object.put("problems", problems);
    return object;
  }
}
