import io.spikeformer.data.batch.ContentDecoder;
import io.spikeformer.data.geometry.Crop;
import io.spikeformer.data.batch.ImageTransform;
import io.spikeformer.data.batch.PixelNormalisation;
import io.spikeformer.data.batch.TransformConfig;
import io.spikeformer.data.events.EventIntegrator;
import io.spikeformer.data.events.EventRecording;
import io.spikeformer.data.events.FrameOptions;
import io.spikeformer.data.sample.ClassLabel;
import io.spikeformer.data.sample.ContentKind;
import io.spikeformer.data.sample.ImagePreparation;
import io.spikeformer.data.sample.Sample;
import io.spikeformer.data.sample.SampleKind;
import io.spikeformer.data.sample.TruthKind;
import io.spikeformer.data.shard.ManifestFormat;
import io.spikeformer.data.shard.ShardManifest;
import io.spikeformer.data.shard.ShardSet;
import io.spikeformer.data.shard.ShardWriter;
import io.spikeformer.data.storage.Storage;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;

/**
 * The product's side of benchmarks/data-speed.py: does one kind of work for each line that it reads
 * and answers with the work's amount and seconds.
 */
public final class DataSpeed {
  private static final int SIZE = 224;
  private static final SampleKind KIND =
      new SampleKind(ContentKind.IMAGE, TruthKind.CLASS_LABEL);

  private final List<byte[]> images = new ArrayList<>();
  private final ShardSet shards;
  private final byte[] events;

  private DataSpeed(Path folder, Path aedat4) throws Exception {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".jpg")).sorted().toList()) {
        images.add(Files.readAllBytes(file));
      }
    }
    shards = writeShard(folder.resolve("shards"));
    events = Files.readAllBytes(aedat4);
  }

  public static void main(String[] arguments) throws Exception {
    DataSpeed speed = new DataSpeed(Path.of(arguments[0]), Path.of(arguments[1]));
    System.out.println("ready");
    BufferedReader commands = new BufferedReader(new InputStreamReader(System.in));
    for (String work = commands.readLine(); work != null; work = commands.readLine()) {
      long start = System.nanoTime();
      long amount =
          switch (work) {
            case "convert" -> speed.convert();
            case "read" -> speed.read();
            case "events" -> speed.integrate();
            default -> throw new IllegalArgumentException(work);
          };
      System.out.println(amount + " " + (System.nanoTime() - start) / 1e9);
    }
  }

  private ShardSet writeShard(Path folder) throws Exception {
    Storage storage = new Storage(new Configuration());
    org.apache.hadoop.fs.Path target = Storage.path(folder.toString());
    ImagePreparation keep = new ImagePreparation(0);
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < images.size(); i++) {
      samples.add(
          new Sample(
              "class/%04d.jpg".formatted(i), keep.prepare(images.get(i)), new ClassLabel(0)));
    }
    ShardWriter.Written written =
        new ShardWriter(storage, target, KIND)
            .write(
                0,
                sink -> {
                  for (Sample sample : samples) {
                    sink.accept(sample);
                  }
                });
    ManifestFormat.write(
        storage,
        target,
        new ShardManifest(
            ShardManifest.SCHEMA_VERSION,
            KIND,
            "train",
            List.of("class"),
            new ShardManifest.Source(
                "imagenet", "file:/", images.size(), 1, 0, 1, Collections.emptySortedMap()),
            images.size(),
            0,
            0,
            List.of(written.shard())));
    return ShardSet.open(folder.toString(), new Configuration());
  }

  private long convert() throws Exception {
    ImagePreparation preparation = new ImagePreparation(256);
    for (byte[] image : images) {
      preparation.prepare(image);
    }
    return images.size();
  }

  private long read() {
    ImageTransform transform =
        new ImageTransform(
            new TransformConfig(Crop.RandomResized.ofSize(SIZE), 0.5, PixelNormalisation.IMAGENET));
    float[] pixels = new float[transform.length()];
    long seed = 0;
    ContentDecoder decoder = new ContentDecoder();
    for (Sample sample : shards.samples(0)) {
      transform.apply(sample.key(), decoder.decode(sample), seed++, pixels, 0, pixels.length);
    }
    return images.size();
  }

  private long integrate() throws Exception {
    EventRecording recording =
        EventRecording.aedat4("recording", () -> new ByteArrayInputStream(events));
    EventIntegrator integrator = new EventIntegrator(FrameOptions.ofSize(128, 128));
    long count = recording.span().events();
    long done = 0;
    while (done < 5_000_000) {
      integrator.integrate(recording);
      done += count;
    }
    return done;
  }
}
