package io.spikeformer.model.block;

import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.Tensor;

/** Scores and deltas of boxes: two last layers that read the same spikes, or the same numbers. */
final class PredictorPair {
  private final Predictor score;
  private final Predictor delta;
  // null where they read membrane potentials
  private final SpikingNeurons neurons;
  private Tensor membrane;
  private Tensor read;

  PredictorPair(Predictor score, Predictor delta, SpikingNeurons neurons) {
    this.score = score;
    this.delta = delta;
    this.neurons = neurons;
  }

  /** What both answer, [N, H, W, ...] in float32. */
  record Answers(Tensor scores, Tensor deltas) {}

  /** The answers to membrane potentials u, which the way back needs. */
  Answers forward(Pass pass, Tensor u) {
    membrane = u;
    read = neurons == null ? u : neurons.fire(pass, Drive.of(u));
    if (read != u) {
      pass.done(u);
    }
    Answers answers = new Answers(score.forward(pass, read), delta.forward(pass, read));
    pass.done(read);
    return answers;
  }

  /** From the gradients of the answers, which are left, to that of u, which is given back. */
  Tensor backward(Pass pass, Tensor dScores, Tensor dDeltas) {
    Tensor d = score.backward(pass, read, dScores);
    Tensor more = delta.backward(pass, read, dDeltas);
    pass.kernels().add(d, more, d);
    pass.give(more);
    pass.spent(read);
    if (neurons == null) {
      return d;
    }
    Tensor dU = neurons.backwardMembrane(pass, d);
    pass.spent(membrane);
    return dU;
  }
}
