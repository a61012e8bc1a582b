package io.spikeformer.jobs.bench;

import io.spikeformer.data.batch.Batch;
import io.spikeformer.data.batch.SampleTruth;
import io.spikeformer.data.batch.Targets;
import io.spikeformer.data.geometry.Geometry;
import io.spikeformer.data.image.ImageEncoding;
import io.spikeformer.data.sample.EncodedImage;
import io.spikeformer.data.sample.EncodedLabelMap;
import io.spikeformer.data.sample.Sample;
import io.spikeformer.data.segmentation.LabelMap;
import io.spikeformer.model.Distillation;
import io.spikeformer.model.Images;
import io.spikeformer.model.Outputs;
import io.spikeformer.model.TrainingLoss;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.tasks.BatchLoss;
import io.spikeformer.tasks.LossDivisor;
import io.spikeformer.tasks.LossSettings;
import io.spikeformer.tasks.Teaching;
import io.spikeformer.tasks.TrainingDraw;
import io.spikeformer.tasks.segmentation.PixelAnswer;
import io.spikeformer.tasks.segmentation.Segmentation;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;

/** A class for each pixel: random label maps, and logits that are resized to find the classes. */
final class PixelBenchmark implements BenchmarkTask {
  /** Nobody teaches a benchmark. */
  static final Teaching NO_TEACHER =
      new Teaching(new Distillation(Distillation.Mode.HARD, 1, 1), null);

  private final Batch batch;
  private final List<Geometry> plans;
  private final Kernels kernels;
  private final BatchLoss loss;

  PixelBenchmark(NetworkConfig config, Images images, Kernels kernels, Random random) {
    this.kernels = kernels;
    Segmentation task = new Segmentation();
    plans = Collections.nCopies(images.batch(), Geometry.identity(images.height(), images.width()));
    List<SampleTruth> truths =
        IntStream.range(0, images.batch())
            .mapToObj(i -> truth(i, images, config.classes(), random))
            .toList();
    Targets targets = task.targets().of(truths, plans);
    batch =
        new Batch(
            images.pixels(),
            targets,
            IntStream.range(0, images.batch()).mapToObj(String::valueOf).toList(),
            images.batch(),
            images.frames(),
            images.height(),
            images.width(),
            images.channels());
    loss =
        task.loss(
            config,
            batch,
            new LossSettings(0, LossDivisor.ALL),
            NO_TEACHER,
            new TrainingDraw(0, 0));
  }

  private static SampleTruth truth(int number, Images images, int classes, Random random) {
    byte[] labels = new byte[images.height() * images.width()];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = (byte) random.nextInt(classes);
    }
    byte[] map = new LabelMap(images.height(), images.width(), labels).encode();
    EncodedImage none =
        new EncodedImage(new byte[0], ImageEncoding.PNG, images.height(), images.width());
    return new SampleTruth(new Sample("" + number, none, new EncodedLabelMap(map)));
  }

  @Override
  public TrainingLoss loss() {
    return outputs -> loss.of(outputs, kernels).loss();
  }

  @Override
  public void answer(Outputs outputs) {
    PixelAnswer answer = new PixelAnswer(batch, Optional.empty(), plans, outputs);
    for (int i = 0; i < batch.size(); i++) {
      answer.best(i, kernels.threads());
    }
  }

  @Override
  public String answering() {
    return "resize logits and choose classes";
  }
}
