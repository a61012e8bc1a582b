package io.spikeformer.jobs.bench;

import io.spikeformer.data.batch.Batch;
import io.spikeformer.data.batch.SampleTruth;
import io.spikeformer.data.detection.DetectedObject;
import io.spikeformer.data.detection.ObjectBytes;
import io.spikeformer.data.detection.ObjectKind;
import io.spikeformer.data.detection.Rle;
import io.spikeformer.data.geometry.Geometry;
import io.spikeformer.data.geometry.Rect;
import io.spikeformer.data.image.ImageEncoding;
import io.spikeformer.data.sample.EncodedImage;
import io.spikeformer.data.sample.EncodedObjects;
import io.spikeformer.data.sample.Sample;
import io.spikeformer.model.Images;
import io.spikeformer.model.Outputs;
import io.spikeformer.model.SpikeformerModel;
import io.spikeformer.model.TrainingLoss;
import io.spikeformer.model.box.RegionChooser;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.tasks.Answerer;
import io.spikeformer.tasks.BatchLoss;
import io.spikeformer.tasks.HeadKind;
import io.spikeformer.tasks.LossDivisor;
import io.spikeformer.tasks.LossSettings;
import io.spikeformer.tasks.TrainingDraw;
import io.spikeformer.tasks.detection.Detection;
import io.spikeformer.tasks.detection.DetectorAnswer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** Objects in each image: random boxes with masks that fill them, and detections. */
final class ObjectBenchmark implements BenchmarkTask {
  /** About as many as an image of COCO has. */
  private static final int OBJECTS = 7;

  /** Pixels of the shortest side. */
  private static final int SMALLEST = 20;

  private final Batch batch;
  private final List<Geometry> plans;
  private final Kernels kernels;
  private final BatchLoss loss;
  private final String answering;

  ObjectBenchmark(NetworkConfig config, Images images, Kernels kernels, Random random) {
    this.kernels = kernels;
    answering = HeadKind.of(config) == HeadKind.YOLO ? "choose boxes" : "paste masks";
    Detection task = new Detection();
    plans = Collections.nCopies(images.batch(), Geometry.identity(images.height(), images.width()));
    List<SampleTruth> truths =
        IntStream.range(0, images.batch())
            .mapToObj(i -> truth(i, images, config.classes(), random))
            .toList();
    batch =
        new Batch(
            images.pixels(),
            task.targets().of(truths, plans),
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
            PixelBenchmark.NO_TEACHER,
            new TrainingDraw(0, 0));
  }

  private static SampleTruth truth(int number, Images images, int classes, Random random) {
    List<DetectedObject> objects = new ArrayList<>();
    for (int i = 0; i < OBJECTS; i++) {
      Rect box = box(images.height(), images.width(), random);
      double[] corners = {
        box.x(), box.y(), box.right(), box.y(), box.right(), box.bottom(), box.x(), box.bottom()
      };
      Rle mask = Rle.ofPolygon(images.height(), images.width(), corners);
      int label = random.nextInt(classes);
      objects.add(new DetectedObject(i, label, ObjectKind.INSTANCE, box, box.area(), mask));
    }
    EncodedImage none =
        new EncodedImage(new byte[0], ImageEncoding.PNG, images.height(), images.width());
    byte[] bytes = ObjectBytes.encode("" + number, objects);
    return new SampleTruth(new Sample("" + number, none, new EncodedObjects(bytes)));
  }

  private static Rect box(int height, int width, Random random) {
    double[] across = side(width, random);
    double[] down = side(height, random);
    return Rect.between(across[0], down[0], across[1], down[1]);
  }

  private static double[] side(int length, Random random) {
    double room = Math.max(0, length - SMALLEST);
    double one = room * random.nextDouble();
    double other = room * random.nextDouble();
    return new double[] {Math.min(one, other), Math.min(length, Math.max(one, other) + SMALLEST)};
  }

  @Override
  public TrainingLoss loss() {
    return outputs -> loss.of(outputs, kernels).loss();
  }

  @Override
  public Optional<RegionChooser> regions() {
    return loss.regions();
  }

  @Override
  public Outputs infer(SpikeformerModel model, Images images, UnaryOperator<RegionChooser> timed) {
    return DetectorAnswer.ask(
        batch,
        new Answerer() {
          @Override
          public Outputs of(Batch asked) {
            return model.infer(images);
          }

          @Override
          public Outputs of(Batch asked, RegionChooser chooser) {
            model.chooseRegions(timed.apply(chooser));
            return of(asked);
          }
        });
  }

  @Override
  public void answer(Outputs outputs) {
    new DetectorAnswer(plans, outputs).found(batch.keys());
  }

  @Override
  public String answering() {
    return answering;
  }
}
