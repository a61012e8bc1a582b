import io.spikeformer.data.Crop;
import io.spikeformer.data.ImagePreparation;
import io.spikeformer.data.ImageSample;
import io.spikeformer.data.ImageTransform;
import io.spikeformer.data.Normalisation;
import io.spikeformer.data.ShardManifest;
import io.spikeformer.data.ShardSet;
import io.spikeformer.data.ShardWriter;
import io.spikeformer.data.Storage;
import io.spikeformer.data.ManifestFormat;
import io.spikeformer.data.Task;
import io.spikeformer.data.TransformConfig;
import io.spikeformer.data.events.EventIntegrator;
import io.spikeformer.data.events.EventRecording;
import io.spikeformer.data.events.FrameOptions;
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
    List<ImageSample> samples = new ArrayList<>();
    for (int i = 0; i < images.size(); i++) {
      samples.add(keep.prepare("class/%04d.jpg".formatted(i), 0, images.get(i)));
    }
    ShardWriter.Written written =
        new ShardWriter(storage, target)
            .write(
                0,
                sink -> {
                  for (ImageSample sample : samples) {
                    sink.accept(sample);
                  }
                });
    ManifestFormat.write(
        storage,
        target,
        new ShardManifest(
            ShardManifest.SCHEMA_VERSION,
            Task.CLASSIFICATION,
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
            new TransformConfig(Crop.RandomResized.ofSize(SIZE), 0.5, Normalisation.IMAGENET));
    float[] pixels = new float[transform.length()];
    long seed = 0;
    for (ImageSample sample : shards.read(0)) {
      transform.apply(sample, seed++, pixels, 0);
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
