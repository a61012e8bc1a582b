package io.spikeformer.tasks.segmentation;

import io.spikeformer.data.batch.Batch;
import io.spikeformer.data.geometry.SlidingWindow;
import io.spikeformer.data.image.Box;
import io.spikeformer.model.Outputs;
import io.spikeformer.model.config.ClassifierHead;
import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Tensor;
import io.spikeformer.tasks.Scoring.AnswerUse;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** A model's answers to the windows of a batch, gathered as {@link WindowedLogits} reads them. */
final class WindowAnswers {
  private WindowAnswers() {}

  /**
   * Asks about all windows.
   *
   * @param use takes logits [windows * B, h, w, classes], all images for each window in turn
   */
  static void of(Batch batch, SlidingWindow sliding, Function<Batch, Outputs> model, AnswerUse use)
      throws IOException {
    List<Box> windows = sliding.windows(batch.height(), batch.width());
    Tensor first = model.apply(cut(batch, windows.get(0))).value(ClassifierHead.LOGITS);
    long[] shape = first.shape();
    long length = first.elements();
    long[] all = shape.clone();
    all[0] *= windows.size();
    try (Tensor gathered = Tensor.allocate(DataType.FLOAT32, all)) {
      gathered.slice(0, shape).put(first.toArray());
      for (int i = 1; i < windows.size(); i++) {
        Tensor logits = model.apply(cut(batch, windows.get(i))).value(ClassifierHead.LOGITS);
        gathered.slice(i * length, shape).put(logits.toArray());
      }
      use.accept(new Outputs(Map.of(ClassifierHead.LOGITS, gathered), Map.of(), Map.of()));
    }
  }

  private static Batch cut(Batch batch, Box window) {
    int channels = batch.channels();
    int images = batch.frames() * batch.size();
    int line = window.width() * channels;
    float[] pixels = new float[images * window.height() * line];
    for (int i = 0; i < images; i++) {
      for (int y = 0; y < window.height(); y++) {
        int from = ((i * batch.height() + window.top() + y) * batch.width() + window.left());
        System.arraycopy(
            batch.pixels(), from * channels, pixels, (i * window.height() + y) * line, line);
      }
    }
    return new Batch(
        pixels,
        batch.targets(),
        batch.keys(),
        batch.size(),
        batch.frames(),
        window.height(),
        window.width(),
        channels);
  }
}
