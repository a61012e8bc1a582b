package io.spikeformer.jobs.infer;

import io.spikeformer.data.npy.NpyArray;
import io.spikeformer.data.sample.Rejection;
import io.spikeformer.model.Ranking;
import java.util.ArrayList;
import java.util.List;

/**
 * A model's answers to images, in their order.
 *
 * @param classes names in the order of the logits; empty if unknown
 * @param count number of classes
 * @param images one for each usable image
 * @param rejected files that are no usable images
 */
record Predictions(
    List<String> classes, int count, List<Prediction> images, List<Rejection> rejected) {

  /** Copies the lists. */
  Predictions {
    classes = List.copyOf(classes);
    images = List.copyOf(images);
    rejected = List.copyOf(rejected);
  }

  /**
   * A model's answer to one image.
   *
   * @param key its path, its key in the shards or its number in the array
   * @param best classes, best first
   * @param logits of all classes, or empty where nobody wants them
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Prediction(String key, List<Guess> best, float[] logits) {

    /**
     * Ranks the classes.
     *
     * @param most how many of the best are kept
     */
    static Prediction of(String key, float[] logits, int most) {
      double largest = Double.NEGATIVE_INFINITY;
      for (float logit : logits) {
        largest = Math.max(largest, logit);
      }
      double sum = 0;
      for (float logit : logits) {
        sum += Math.exp(logit - largest);
      }
      List<Guess> best = new ArrayList<>();
      for (int label : Ranking.best(logits, 0, logits.length, most)) {
        best.add(new Guess(label, Math.exp(logits[label] - largest) / sum));
      }
      return new Prediction(key, List.copyOf(best), logits);
    }

    /** The same without the logits. */
    Prediction withoutLogits() {
      return new Prediction(key, best, new float[0]);
    }
  }

  /**
   * A class that an image may be of.
   *
   * @param label index of the class, from 0
   * @param probability softmax of the logits, 0 to 1
   */
  record Guess(int label, double probability) {}

  boolean named() {
    return !classes.isEmpty();
  }

  /** The logits of all images, [images, classes]. */
  NpyArray logits() {
    float[] all = new float[Math.multiplyExact(images.size(), count)];
    for (int i = 0; i < images.size(); i++) {
      System.arraycopy(images.get(i).logits(), 0, all, i * count, count);
    }
    return new NpyArray(new int[] {images.size(), count}, all);
  }

  /** How many classes are told of each image. */
  int most() {
    return images.stream().mapToInt(image -> image.best().size()).max().orElse(0);
  }
}
