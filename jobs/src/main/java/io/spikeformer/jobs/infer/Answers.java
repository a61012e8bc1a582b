package io.spikeformer.jobs.infer;

import io.spikeformer.data.sample.Rejection;
import io.spikeformer.tasks.Answerer;
import java.util.List;
import java.util.Map;

/** The use of a model's answers: one for each task, made anew for each run. */
interface Answers {
  /**
   * Asks a model about images and takes what it says.
   *
   * @param model answers a batch
   */
  void take(InferenceInput.Part part, Answerer model);

  /** Images that have an answer. */
  int count();

  /** Images without one, which the input did not reject. */
  default List<Rejection> rejected() {
    return List.of();
  }

  /**
   * Writes what was not written before.
   *
   * @param rejected all images without an answer
   */
  void finish(List<Rejection> rejected);

  /** A line for each image, for people; none where a file has them. */
  List<String> lines();

  /** The same for programs. */
  Map<String, Object> json();
}
