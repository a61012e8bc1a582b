package io.spikeformer.jobs.cli;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Where a Spark job runs. */
public final class SparkOptions {
  @Option(
      names = "--master",
      paramLabel = "URL",
      description = "Spark master (default: that of spark-submit, else local[*]).",
      converter = MasterConverter.class,
      showDefaultValue = Visibility.NEVER)
  private String master;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads of a task: spark.task.cpus.",
      converter = PositiveNumber.class,
      showDefaultValue = Visibility.NEVER)
  private int threads;

  /** Refuses what Spark does not know, before it starts. */
  private static final class MasterConverter implements ITypeConverter<String> {
    private static final Pattern KNOWN =
        Pattern.compile(
            "local(\\[(\\*|[1-9]\\d*)(, *\\d+)?])?|local-cluster\\[ *\\d+ *, *\\d+ *, *\\d+ *]|yarn"
                + "|(spark|k8s|mesos)://.+");

    @Override
    public String convert(String url) {
      if (!KNOWN.matcher(url).matches()) {
        throw new TypeConversionException(
            "expected local[N], local[*], spark://HOST:PORT, yarn or k8s://URL, found '"
                + url
                + "'");
      }
      return url;
    }
  }

  Optional<String> master() {
    return Optional.ofNullable(master);
  }

  public OptionalInt threads() {
    return threads > 0 ? OptionalInt.of(threads) : OptionalInt.empty();
  }
}
