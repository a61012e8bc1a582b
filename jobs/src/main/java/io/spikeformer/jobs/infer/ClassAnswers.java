package io.spikeformer.jobs.infer;

import io.spikeformer.common.Text;
import io.spikeformer.data.sample.Rejection;
import io.spikeformer.data.storage.Storage;
import io.spikeformer.jobs.infer.Predictions.Guess;
import io.spikeformer.jobs.infer.Predictions.Prediction;
import io.spikeformer.model.ClassLogits;
import io.spikeformer.tasks.Answerer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.Path;

/** The best classes of images, or their logits: on standard output or in one file. */
final class ClassAnswers implements Answers {
  private final List<String> classes;
  private final int outputs;
  private final int most;
  private final Logits logits;
  private final Optional<Target> target;
  private final List<Prediction> images = new ArrayList<>();

  /** The treatment of the logits after they are ranked. */
  enum Logits {
    KEPT,
    DROPPED
  }

  /**
   * A file.
   *
   * @param location as the user gave it
   * @param path where it is written
   * @param format of its content
   */
  record Target(Storage storage, String location, Path path, PredictionFormat format) {}

  /**
   * Answers of a model.
   *
   * @param classes names in the order of the logits; empty if unknown
   * @param outputs number of classes
   * @param most best classes that are kept of each image
   * @param logits whether the logits of all classes are kept too
   * @param target file that receives them; empty for standard output
   */
  ClassAnswers(
      List<String> classes, int outputs, int most, Logits logits, Optional<Target> target) {
    this.classes = classes;
    this.outputs = outputs;
    this.most = most;
    this.logits = logits;
    this.target = target;
  }

  @Override
  public void take(InferenceInput.Part part, Answerer model) {
    float[] answers = ClassLogits.mean(model.of(part.batch()));
    List<String> keys = part.batch().keys();
    for (int i = 0; i < keys.size(); i++) {
      float[] row = Arrays.copyOfRange(answers, i * outputs, (i + 1) * outputs);
      Prediction image = Prediction.of(keys.get(i), row, most);
      images.add(logits == Logits.KEPT ? image : image.withoutLogits());
    }
  }

  @Override
  public int count() {
    return images.size();
  }

  /** The answers of all images until now. */
  Predictions predictions(List<Rejection> rejected) {
    return new Predictions(classes, outputs, images, rejected);
  }

  @Override
  public void finish(List<Rejection> rejected) {
    target.ifPresent(
        file ->
            file.storage()
                .write(file.path(), out -> file.format().write(predictions(rejected), out)));
  }

  @Override
  public List<String> lines() {
    return target.isPresent() ? List.of() : images.stream().map(this::line).toList();
  }

  /** An image and its classes, best first. */
  private String line(Prediction image) {
    return image.key()
        + ": "
        + image.best().stream().map(this::label).collect(Collectors.joining(", "));
  }

  private String label(Guess guess) {
    String name = classes.isEmpty() ? "class " + guess.label() : classes.get(guess.label());
    return Text.format("%s %.4f", name, guess.probability());
  }

  @Override
  public Map<String, Object> json() {
    Map<String, Object> object = new LinkedHashMap<>();
    if (target.isPresent()) {
      object.put("output", target.get().location());
      object.put("shape", new int[] {images.size(), outputs});
    } else {
      object.putAll(PredictionFormat.object(predictions(List.of())));
    }
    return object;
  }
}
