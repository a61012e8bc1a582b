package io.spikeformer.jobs.infer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.spikeformer.common.Numbers;
import io.spikeformer.common.Text;
import io.spikeformer.data.geometry.SlidingWindow;
import io.spikeformer.data.image.ImageCodec;
import io.spikeformer.data.image.ImageEncoding;
import io.spikeformer.data.image.RgbImage;
import io.spikeformer.data.output.PlaceContent;
import io.spikeformer.data.preview.ClassColours;
import io.spikeformer.data.preview.LabelOverlay;
import io.spikeformer.data.sample.Rejection;
import io.spikeformer.data.segmentation.LabelMap;
import io.spikeformer.data.segmentation.LabelMapFiles;
import io.spikeformer.data.storage.Storage;
import io.spikeformer.model.Outputs;
import io.spikeformer.tasks.Answerer;
import io.spikeformer.tasks.segmentation.PixelAnswer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.Path;

/** The classes of images' pixels, at the images' own size: as lines, and as PNG files. */
final class LabelMapAnswers implements Answers {
  /** Classes that a line tells. */
  private static final int MOST = 5;

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final List<String> names;
  private final Optional<SlidingWindow> window;
  private final int threads;
  private final Optional<Target> target;
  private final ImageCodec codec = new ImageCodec();
  private final AnsweredImages<Found> images = new AnsweredImages<>();
  private final WrittenFiles written = new WrittenFiles();

  /**
   * A folder.
   *
   * @param location as the user gave it
   * @param folder where files are written
   * @param palette of the label maps
   * @param overlay whether pictures of the images are written too
   */
  record Target(
      Storage storage, String location, Path folder, LabelPalette palette, Overlay overlay) {}

  /** An image's classes, the most frequent first. */
  private record Found(String key, int height, int width, List<Share> classes) {}

  private record Share(int label, long pixels) {}

  /**
   * Answers of a model.
   *
   * @param names of the classes by label
   * @param window in which the model sees each image; empty if at once
   * @param threads that choose classes
   * @param target folder that receives label maps; empty for none
   */
  LabelMapAnswers(
      List<String> names, Optional<SlidingWindow> window, int threads, Optional<Target> target) {
    this.names = names;
    this.window = window;
    this.threads = threads;
    this.target = target;
  }

  @Override
  public void take(InferenceInput.Part part, Answerer model) {
    try {
      PixelAnswer.ask(part.batch(), window, model, outputs -> take(part, outputs));
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  private void take(InferenceInput.Part part, Outputs outputs) {
    PixelAnswer answer = new PixelAnswer(part.batch(), window, part.plans(), outputs);
    for (int i = 0; i < part.batch().size(); i++) {
      String key = part.batch().keys().get(i);
      LabelMap map = answer.best(i, threads);
      if (target.isPresent()) {
        int image = i;
        Optional<String> other = written(key);
        if (other.isPresent()) {
          images.reject(key, "its files would be those of " + other.get());
          continue;
        }
        write(target.get(), key, map, () -> part.originals().apply(image));
      }
      images.add(found(key, map));
    }
  }

  /** Another image with the same files; empty if they are this one's now. */
  private Optional<String> written(String key) {
    List<String> files = new ArrayList<>(List.of(LabelMapFiles.name(key)));
    if (target.orElseThrow().overlay() == Overlay.WANTED) {
      files.add(LabelMapFiles.overlay(key));
    }
    return written.claim(key, files);
  }

  /** Reads the pixels of an image when they are needed. */
  private interface Original {
    RgbImage read();
  }

  private void write(Target to, String key, LabelMap map, Original image) {
    if (images.count() == 0) {
      Path index = Storage.child(to.folder(), PlaceContent.LABEL_MAPS_INDEX);
      to.storage().writeText(index, index());
    }
    byte[] labels = to.palette() == LabelPalette.NONE ? map.encode() : map.encode(colours());
    Path file = Storage.child(to.folder(), LabelMapFiles.name(key));
    to.storage().write(file, out -> out.write(labels));
    if (to.overlay() == Overlay.WANTED) {
      byte[] picture = codec.encode(LabelOverlay.of(image.read(), map), ImageEncoding.PNG);
      Path beside = Storage.child(to.folder(), LabelMapFiles.overlay(key));
      to.storage().write(beside, out -> out.write(picture));
    }
  }

  private int[] colours() {
    return IntStream.range(0, names.size()).map(ClassColours::ofPixels).toArray();
  }

  /** The classes of the maps with their colours. */
  private String index() {
    List<Map<String, Object>> classes = new ArrayList<>();
    for (int label = 0; label < names.size(); label++) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("label", label);
      one.put("name", names.get(label));
      one.put("colour", Text.format("#%06x", ClassColours.ofPixels(label)));
      classes.add(one);
    }
    try {
      return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(Map.of("classes", classes))
          + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("classes that are not JSON", e);
    }
  }

  private static Found found(String key, LabelMap map) {
    long[] pixels = map.pixels();
    List<Share> classes =
        IntStream.range(0, pixels.length)
            .filter(label -> pixels[label] > 0)
            .mapToObj(label -> new Share(label, pixels[label]))
            .sorted(Comparator.comparingLong(Share::pixels).reversed())
            .toList();
    return new Found(key, map.height(), map.width(), classes);
  }

  @Override
  public int count() {
    return images.count();
  }

  @Override
  public List<Rejection> rejected() {
    return images.rejected();
  }

  @Override
  public void finish(List<Rejection> all) {
    // every map was written when it was known
  }

  @Override
  public List<String> lines() {
    return images.lines(this::line);
  }

  private String line(Found image) {
    double pixels = (double) image.height() * image.width();
    String classes =
        image.classes().stream()
            .limit(MOST)
            .map(c -> names.get(c.label()) + " " + Numbers.percent(c.pixels() / pixels))
            .collect(Collectors.joining(", "));
    int more = image.classes().size() - MOST;
    return image.key() + ": " + classes + (more > 0 ? " and " + more + " more" : "");
  }

  @Override
  public Map<String, Object> json() {
    return images.json(target.map(Target::location), names, this::json);
  }

  private Map<String, Object> json(Found image) {
    List<Map<String, Object>> classes = new ArrayList<>();
    for (Share share : image.classes()) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("class", share.label());
      one.put("name", names.get(share.label()));
      one.put("pixels", share.pixels());
      classes.add(one);
    }
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("key", image.key());
    target.ifPresent(folder -> object.put("file", LabelMapFiles.name(image.key())));
    object.put("height", image.height());
    object.put("width", image.width());
    object.put("classes", classes);
    return object;
  }
}
