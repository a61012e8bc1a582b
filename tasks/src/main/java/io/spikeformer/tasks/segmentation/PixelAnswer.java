package io.spikeformer.tasks.segmentation;

import io.spikeformer.common.UserException;
import io.spikeformer.data.batch.Batch;
import io.spikeformer.data.geometry.Flip;
import io.spikeformer.data.geometry.Geometry;
import io.spikeformer.data.geometry.Rect;
import io.spikeformer.data.geometry.SlidingWindow;
import io.spikeformer.data.image.Box;
import io.spikeformer.data.segmentation.LabelMap;
import io.spikeformer.model.Outputs;
import io.spikeformer.model.config.ClassifierHead;
import io.spikeformer.model.kernel.Tensor;
import io.spikeformer.tasks.Answerer;
import io.spikeformer.tasks.Scoring.AnswerUse;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * A model's answer to a batch, at the size that its images had: logits resized to the size that the
 * model saw, without padding, then to that of the image. They are formed row by row.
 *
 * @param batch of images
 * @param window in which the model saw each image; empty if at once
 * @param plans where each image's pixels went
 * @param outputs as {@link #ask} gave them
 */
public record PixelAnswer(
    Batch batch, Optional<SlidingWindow> window, List<Geometry> plans, Outputs outputs) {
  /**
   * Asks a model about a batch, window by window if the recipe says so.
   *
   * @param model answers images
   * @param use takes the outputs, which do not outlive the call
   * @throws IOException only from {@code use}
   */
  public static void ask(Batch batch, Optional<SlidingWindow> window, Answerer model, AnswerUse use)
      throws IOException {
    if (window.isEmpty()) {
      use.accept(model.of(batch));
    } else {
      WindowAnswers.of(batch, window.get(), model::of, use);
    }
  }

  /**
   * The class with the largest logit for every pixel of an image.
   *
   * @param image which of the batch
   * @param threads that share the rows; the result does not depend on their number
   * @throws UserException if the model saw a part of the image alone
   */
  public LabelMap best(int image, int threads) {
    requireWhole(batch.keys().get(image), plans.get(image));
    return PixelSweep.best(() -> logits(image), threads);
  }

  /** The logits of an image, likewise. */
  LogitMap logits(int image) {
    Geometry plan = plans.get(image);
    requireWhole(batch.keys().get(image), plan);
    Tensor logits = outputs.value(ClassifierHead.LOGITS);
    LogitMap seen =
        window
            .map(sliding -> windowed(logits, image, sliding))
            .orElseGet(() -> LogitMap.of(logits, image).resized(batch.height(), batch.width()));
    // the part that is no padding
    Rect content = plan.content();
    return seen.cut((int) content.height(), (int) content.width())
        .resized(plan.sourceHeight(), plan.sourceWidth());
  }

  private LogitMap windowed(Tensor logits, int image, SlidingWindow sliding) {
    List<Box> windows = sliding.windows(batch.height(), batch.width());
    return new WindowedLogits(logits, batch.size(), image, windows, batch.height(), batch.width());
  }

  private static void requireWhole(String key, Geometry plan) {
    Box source = new Box(0, 0, plan.sourceHeight(), plan.sourceWidth());
    Box scaled = new Box(0, 0, plan.scaledHeight(), plan.scaledWidth());
    if (!plan.part().equals(source) || !plan.window().equals(scaled) || plan.flip() != Flip.NONE) {
      throw new UserException(
          "sample %s: expected the whole image for a label map, found a part of its %s x %s"
              + " pixels; set data.evaluation.crop=fit",
          key, plan.sourceHeight(), plan.sourceWidth());
    }
  }
}
