package io.spikeformer.jobs.prepare;

import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.column.SampleFacts;
import io.spikeformer.data.output.OutputPlaces;
import io.spikeformer.data.output.PlaceContent;
import io.spikeformer.data.preview.SamplePainter;
import io.spikeformer.data.sample.Sample;
import io.spikeformer.data.shard.ShardManifest;
import io.spikeformer.data.shard.ShardSet;
import io.spikeformer.data.storage.Storage;
import io.spikeformer.jobs.cli.HadoopSettings;
import io.spikeformer.jobs.cli.OutputOptions;
import io.spikeformer.jobs.cli.OverwriteOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Shows what a prepared split holds. */
@Command(
    name = "inspect",
    description = {
      "Prints the content of a prepared split, and draws samples into a PNG file. Objects have"
          + " their boxes, classes and masks, label maps have colours with a legend. Recordings of"
          + " events are drawn as their frames (ON red, OFF blue).",
    },
    footerHeading = "%nExample:%n",
    footer = "  jobs/spikeformer inspect --data shards/train --output samples.png")
public final class InspectCommand implements Runnable {
  private static final int SHEET = 16;
  private static final int FIRST_CLASSES = 10;

  @Mixin private OutputOptions output;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "URI",
      description = "Folder of a prepared split.")
  private String data;

  @Option(
      names = "--sample",
      paramLabel = "K",
      converter = SampleNumber.class,
      description = "Draw this sample alone, from 0 in the order of the shards.")
  private Long sample;

  @Option(
      names = "--output",
      paramLabel = "PNG",
      description = "File for the picture; without --sample it shows the first 16 samples.")
  private String picture;

  @Mixin private OverwriteOption overwrite;

  @Override
  public void run() {
    Configuration hadoop = HadoopSettings.configuration();
    Storage storage = new Storage(hadoop);
    Path file =
        picture == null
            ? null
            : new OutputPlaces(storage)
                .reads("--data", data)
                .file("--output", picture, PlaceContent.PICTURE, overwrite.existing());
    ShardSet shards = ShardSet.open(data, hadoop);
    List<Sample> drawn = sample != null ? List.of(sample(shards)) : first(shards);
    if (file != null) {
      SamplePainter painter = new SamplePainter(shards.manifest().classes());
      byte[] png = sample != null ? painter.draw(drawn.get(0)) : painter.sheet(drawn);
      storage.write(file, stream -> stream.write(png));
    }
    output.print(() -> describe(shards.manifest(), drawn), () -> json(shards.manifest(), drawn));
  }

  private Sample sample(ShardSet shards) {
    long before = 0;
    int[] rows = shards.manifest().rows();
    for (int shard = 0; shard < rows.length; shard++) {
      if (sample < before + rows[shard]) {
        return shards.samples(shard).get((int) (sample - before));
      }
      before += rows[shard];
    }
    throw new UserException(
        "--sample: expected 0 to %d, found %d in %s", before - 1, sample, shards.location());
  }

  /** Whole numbers from 0. */
  private static final class SampleNumber implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
      if (!text.matches("\\d{1,18}")) {
        throw new TypeConversionException("expected a whole number >= 0, found '" + text + "'");
      }
      return Long.valueOf(text);
    }
  }

  private static List<Sample> first(ShardSet shards) {
    List<Sample> samples = new ArrayList<>();
    for (int shard = 0; shard < shards.manifest().shards().size(); shard++) {
      for (Sample sample : shards.samples(shard)) {
        samples.add(sample);
        if (samples.size() == SHEET) {
          return samples;
        }
      }
    }
    return samples;
  }

  private static String describe(ShardManifest manifest, List<Sample> drawn) {
    List<String> classes = manifest.classes();
    StringBuilder text = new StringBuilder();
    line(text, "task", manifest.kind().text());
    line(text, "split", manifest.split());
    line(text, "dataset", manifest.source().dataset() + " from " + manifest.source().input());
    line(text, "settings", manifest.source().settings() + ", seed " + manifest.source().seed());
    if (manifest.source().teacher() != null) {
      ShardManifest.Teacher teacher = manifest.source().teacher();
      line(text, "teacher", teacher.file() + " " + teacher.settings());
    }
    line(
        text,
        "samples",
        Text.format(
            "%,d; %,d rejected, %,d hidden files ignored",
            manifest.accepted(), manifest.rejected(), manifest.ignored()));
    line(
        text,
        "shards",
        Text.format("%,d, %.1f MB", manifest.shards().size(), bytes(manifest) / 1e6));
    line(
        text,
        "classes",
        classes.size()
            + ": "
            + String.join(", ", classes.subList(0, Math.min(FIRST_CLASSES, classes.size())))
            + (classes.size() > FIRST_CLASSES ? ", ..." : ""));
    SampleFacts facts = new SampleFacts(manifest.facts());
    for (Sample sample : drawn) {
      line(text, "sample", sample.key() + "  " + facts.words(sample));
    }
    return text.toString().stripTrailing();
  }

  private static void line(StringBuilder text, String name, String value) {
    text.append(Text.format("%-9s%s%n", name, value));
  }

  private static Map<String, ?> json(ShardManifest manifest, List<Sample> drawn) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("schemaVersion", manifest.schemaVersion());
    object.put("task", manifest.kind().truth().task());
    object.put("content", manifest.kind().content().id());
    object.put("split", manifest.split());
    object.put("source", manifest.source());
    object.put("accepted", manifest.accepted());
    object.put("rejected", manifest.rejected());
    object.put("ignored", manifest.ignored());
    object.put("classes", manifest.classes());
    object.put("shards", manifest.shards().size());
    object.put("bytes", bytes(manifest));
    SampleFacts facts = new SampleFacts(manifest.facts());
    List<Map<String, ?>> samples = new ArrayList<>();
    for (Sample sample : drawn) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("key", sample.key());
      one.put("truth", facts.object(sample));
      samples.add(one);
    }
    object.put("samples", samples);
    return object;
  }

  private static long bytes(ShardManifest manifest) {
    return manifest.shards().stream().mapToLong(ShardManifest.Shard::bytes).sum();
  }
}
