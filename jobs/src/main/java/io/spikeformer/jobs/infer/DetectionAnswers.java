package io.spikeformer.jobs.infer;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.spikeformer.common.Numbers;
import io.spikeformer.common.Text;
import io.spikeformer.data.detection.CocoCategories;
import io.spikeformer.data.detection.CocoImageIds;
import io.spikeformer.data.detection.Detection;
import io.spikeformer.data.detection.DetectionBytes;
import io.spikeformer.data.detection.Rle;
import io.spikeformer.data.geometry.Geometry;
import io.spikeformer.data.geometry.Rect;
import io.spikeformer.data.image.ImageCodec;
import io.spikeformer.data.image.ImageEncoding;
import io.spikeformer.data.image.Lettering;
import io.spikeformer.data.image.RgbImage;
import io.spikeformer.data.output.PlaceContent;
import io.spikeformer.data.preview.ObjectOverlay;
import io.spikeformer.data.sample.Rejection;
import io.spikeformer.data.segmentation.LabelMapFiles;
import io.spikeformer.data.storage.Storage;
import io.spikeformer.tasks.Answerer;
import io.spikeformer.tasks.detection.DetectorAnswer;
import io.spikeformer.tasks.detection.FoundObjects;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.Path;

/** The objects in images: as lines, as COCO's results, and as pictures. */
final class DetectionAnswers implements Answers {
  /** Objects that a line tells. */
  private static final int MOST = 8;

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final List<String> names;
  private final double leastScore;
  private final Optional<Target> target;
  private final ImageCodec codec = new ImageCodec();
  private final AnsweredImages<Found> images = new AnsweredImages<>();
  private final WrittenFiles pictures = new WrittenFiles();
  private final CocoImageIds ids = new CocoImageIds();

  /**
   * A folder.
   *
   * @param location as the user gave it
   * @param folder where files are written
   * @param overlay whether pictures are written too
   */
  record Target(Storage storage, String location, Path folder, Overlay overlay) {}

  /**
   * An image's objects.
   *
   * @param id in COCO's results
   * @param bytes of all detections, as {@link DetectionBytes} writes them
   * @param told the surest, as lines tell them
   * @param more how many others of at least the least score there are
   */
  private record Found(
      String key, long id, int height, int width, byte[] bytes, List<String> told, int more) {
    List<Detection> detections() {
      return DetectionBytes.decode(bytes, height, width);
    }
  }

  /**
   * Answers of a detector.
   *
   * @param names of the classes by label
   * @param leastScore objects of lower scores are neither told nor drawn; results have them too
   * @param target folder that receives results; empty for none
   */
  DetectionAnswers(List<String> names, double leastScore, Optional<Target> target) {
    this.names = names;
    this.leastScore = leastScore;
    this.target = target;
  }

  @Override
  public void take(InferenceInput.Part part, Answerer model) {
    List<String> keys = part.batch().keys();
    DetectorAnswer answer =
        new DetectorAnswer(part.plans(), DetectorAnswer.ask(part.batch(), model));
    List<FoundObjects> found = answer.found(keys);
    for (int i = 0; i < keys.size(); i++) {
      String key = keys.get(i);
      long id = ids.next(key);
      Optional<String> clash = clash(key, id);
      if (clash.isPresent()) {
        images.reject(key, clash.get());
      } else {
        List<Detection> detections = found.get(i).detections();
        int image = i;
        target
            .filter(folder -> folder.overlay() == Overlay.WANTED)
            .ifPresent(to -> draw(to, key, detections, part.originals().apply(image)));
        images.add(found(key, id, part.plans().get(i), detections));
      }
    }
  }

  /** Why an image cannot be told from another in the results; empty if it can. */
  private Optional<String> clash(String key, long id) {
    boolean isDrawn = target.filter(to -> to.overlay() == Overlay.WANTED).isPresent();
    Optional<String> picture =
        isDrawn ? pictures.claim(key, List.of(LabelMapFiles.overlay(key))) : Optional.empty();
    return picture
        .map(other -> "its picture would be that of " + other)
        .or(
            () ->
                ids.take(id, key)
                    .map(other -> Text.format("its image_id, %d, would be that of %s", id, other)));
  }

  private void draw(Target to, String key, List<Detection> detections, RgbImage image) {
    Path file = Storage.child(to.folder(), LabelMapFiles.overlay(key));
    List<ObjectOverlay.Mark> marks = new ArrayList<>();
    for (Detection detection : sure(detections)) {
      String name = Lettering.drawable(names.get(detection.label()), detection.label());
      String text = name + " " + Numbers.decimals(detection.score(), 2);
      marks.add(new ObjectOverlay.Mark(detection.label(), text, detection.box(), detection.mask()));
    }
    // the surest lies on top
    Collections.reverse(marks);
    byte[] picture = codec.encode(ObjectOverlay.of(image, marks), ImageEncoding.PNG);
    to.storage().write(file, out -> out.write(picture));
  }

  private List<Detection> sure(List<Detection> detections) {
    return detections.stream().filter(one -> one.score() >= leastScore).toList();
  }

  private Found found(String key, long id, Geometry plan, List<Detection> detections) {
    DetectionBytes bytes = new DetectionBytes();
    detections.forEach(bytes::add);
    List<Detection> sure = sure(detections);
    List<String> told =
        sure.stream()
            .limit(MOST)
            .map(one -> names.get(one.label()) + " " + Numbers.decimals(one.score(), 2))
            .toList();
    return new Found(
        key,
        id,
        plan.sourceHeight(),
        plan.sourceWidth(),
        bytes.bytes(),
        told,
        sure.size() - told.size());
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
    target.ifPresent(
        to -> to.storage().write(Storage.child(to.folder(), PlaceContent.RESULTS), this::write));
  }

  /** COCO's results, a line each; an image's file name stands beside its id. */
  private void write(OutputStream out) throws IOException {
    try (JsonGenerator json = MAPPER.createGenerator(out)) {
      json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
      json.writeStartArray();
      for (Found image : images.found()) {
        for (Detection detection : image.detections()) {
          json.writeRaw(System.lineSeparator());
          write(json, image, detection);
        }
      }
      json.writeRaw(System.lineSeparator());
      json.writeEndArray();
    }
  }

  private void write(JsonGenerator json, Found image, Detection detection) throws IOException {
    json.writeStartObject();
    json.writeNumberField("image_id", image.id());
    json.writeStringField("file_name", image.key());
    json.writeNumberField("category_id", category(detection.label()));
    json.writeNumberField("score", detection.score());
    if (detection.box().isPresent()) {
      Rect box = detection.box().get();
      json.writeFieldName("bbox");
      json.writeArray(new double[] {box.x(), box.y(), box.width(), box.height()}, 0, 4);
    }
    if (detection.mask().isPresent()) {
      Rle mask = detection.mask().get();
      json.writeObjectFieldStart("segmentation");
      json.writeFieldName("size");
      json.writeArray(new int[] {mask.height(), mask.width()}, 0, 2);
      json.writeStringField("counts", mask.compressed());
      json.writeEndObject();
    }
    json.writeEndObject();
  }

  /** COCO's ids have gaps; those of other classes are their places, from 1. */
  private long category(int label) {
    return names.equals(CocoCategories.names()) ? CocoCategories.id(label) : label + 1;
  }

  @Override
  public List<String> lines() {
    return images.lines(DetectionAnswers::line);
  }

  private static String line(Found image) {
    String told =
        image.told().isEmpty()
            ? "nothing"
            : image.told().stream().collect(Collectors.joining(", "));
    return image.key() + ": " + told + (image.more() > 0 ? " and " + image.more() + " more" : "");
  }

  @Override
  public Map<String, Object> json() {
    return images.json(target.map(Target::location), names, this::json);
  }

  private Map<String, Object> json(Found image) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("key", image.key());
    object.put("image_id", image.id());
    object.put("height", image.height());
    object.put("width", image.width());
    object.put("objects", sure(image.detections()).stream().map(this::json).toList());
    return object;
  }

  private Map<String, Object> json(Detection detection) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("name", names.get(detection.label()));
    object.put("category_id", category(detection.label()));
    object.put("score", detection.score());
    detection
        .box()
        .ifPresent(
            box -> object.put("bbox", new double[] {box.x(), box.y(), box.width(), box.height()}));
    return object;
  }
}
