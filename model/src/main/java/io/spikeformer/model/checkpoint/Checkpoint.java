package io.spikeformer.model.checkpoint;

import io.spikeformer.common.Text;
import io.spikeformer.model.config.NetworkConfig;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A model and where its training stands.
 *
 * @param config architecture
 * @param classes names of the model's classes, in the order of its logits; empty if unknown
 * @param position epoch, round and step
 * @param recipe the whole recipe of the training as text, or empty
 * @param data the identity of the training data, with the checksum of its shards; or empty
 * @param history one JSON object per finished epoch
 * @param state parameters and statistics, in the order of the model's layout
 * @param training what only training needs: moments
 * @param arithmetic the arithmetic of the state; null if unknown or if nothing computed it
 */
public record Checkpoint(
    NetworkConfig config,
    List<String> classes,
    TrainingPosition position,
    String recipe,
    String data,
    List<String> history,
    float[] state,
    TrainingVectors training,
    Arithmetic arithmetic) {

  /** Validates that every vector has one length and that each class has a name, or none has. */
  public Checkpoint {
    classes = List.copyOf(classes);
    history = List.copyOf(history);
    requireNames(classes, config);
    training.requireLength(state.length);
  }

  /** A checkpoint that knows neither class names nor what computed it, with shared moments. */
  public Checkpoint(
      NetworkConfig config,
      TrainingPosition position,
      String recipe,
      String data,
      List<String> history,
      float[] state,
      List<float[]> moments) {
    this(
        config,
        List.of(),
        position,
        recipe,
        data,
        history,
        state,
        TrainingVectors.shared(moments),
        null);
  }

  /** Requires as many different names as the model has classes, or none. */
  static void requireNames(List<String> classes, NetworkConfig config) {
    if (!classes.isEmpty() && classes.size() != config.classes()) {
      throw new IllegalArgumentException(
          Text.format(
              "checkpoint classes: expected none or %s names as the model has classes, found %s",
              config.classes(), classes.size()));
    }
    Set<String> seen = new HashSet<>();
    for (String name : classes) {
      if (!seen.add(name)) {
        throw new IllegalArgumentException(
            Text.format("checkpoint classes: expected different names, found %s twice", name));
      }
    }
  }

  /** Moments of the optimizer, each as long as the state. */
  public List<float[]> moments() {
    return training.moments();
  }

  /** Momentum of the averaged step, as long as the state; empty without one. */
  public float[] outer() {
    return training.outer();
  }

  /**
   * What integers have left of the averaged steps, as long as the state; empty unless they travel
   * as integers.
   */
  public float[] rest() {
    return training.rest();
  }

  /** Checksums of the files with the workers' own moments and rests; empty without them. */
  public List<Long> workerMoments() {
    return training.workerMoments();
  }

  /** The same with names for the classes, in the order of the logits; empty if unknown. */
  public Checkpoint withClasses(List<String> names) {
    return new Checkpoint(
        config, names, position, recipe, data, history, state, training, arithmetic);
  }

  /** The same with what the state was computed with, or null. */
  public Checkpoint withArithmetic(Arithmetic computed) {
    return new Checkpoint(
        config, classes, position, recipe, data, history, state, training, computed);
  }

  /** The same with other words about where the training stands and what it has gone through. */
  public Checkpoint withPast(TrainingPosition now, List<String> lines) {
    return new Checkpoint(config, classes, now, recipe, data, lines, state, training, arithmetic);
  }

  /** The same model with other training vectors. */
  public Checkpoint withTraining(TrainingVectors vectors) {
    return new Checkpoint(
        config, classes, position, recipe, data, history, state, vectors, arithmetic);
  }

  /**
   * SHA-256 of the state in hexadecimal digits: two models with the same parameters and statistics
   * have the same one. docs/checkpoint-format.md says which bytes it is of.
   */
  public String stateSha256() {
    return VectorDigest.sha256(List.of(state));
  }

  /** SHA-256 of the moments, one after the other; empty if there are none. */
  public Optional<String> momentsSha256() {
    List<float[]> moments = training.moments();
    return moments.isEmpty() ? Optional.empty() : Optional.of(VectorDigest.sha256(moments));
  }

  /** SHA-256 of the momentum of the averaged step; empty if there is none. */
  public Optional<String> outerSha256() {
    float[] outer = training.outer();
    return outer.length == 0 ? Optional.empty() : Optional.of(VectorDigest.sha256(List.of(outer)));
  }

  /** The same model without what only training needs. */
  public Checkpoint withoutMoments() {
    return withTraining(TrainingVectors.NONE);
  }
}
