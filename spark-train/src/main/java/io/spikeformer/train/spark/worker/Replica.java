package io.spikeformer.train.spark.worker;

import io.spikeformer.common.Text;
import io.spikeformer.data.batch.BatchReader;
import io.spikeformer.data.batch.ReadOptions;
import io.spikeformer.data.batch.SampleTransform;
import io.spikeformer.data.batch.ShardCache;
import io.spikeformer.data.order.SampleRef;
import io.spikeformer.eval.spark.ExecutorArithmetic;
import io.spikeformer.model.KernelProvider;
import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.model.kernel.Tensor;
import io.spikeformer.model.optim.Schedule;
import io.spikeformer.train.DelayedMean;
import io.spikeformer.train.EpochPlan;
import io.spikeformer.train.LocalTrainer;
import io.spikeformer.train.StateParts;
import io.spikeformer.train.TrainingSums;
import io.spikeformer.train.recipe.AveragingSettings;
import io.spikeformer.train.recipe.MomentsPolicy;
import io.spikeformer.train.recipe.Recipe;
import io.spikeformer.train.spark.averaging.Correction;
import io.spikeformer.train.spark.averaging.Payload;
import io.spikeformer.train.spark.averaging.SharedState;
import io.spikeformer.train.spark.averaging.Slice;
import io.spikeformer.train.spark.averaging.SliceLayout;
import io.spikeformer.train.teacher.Teacher;
import java.util.Iterator;
import java.util.List;

/** A model with its optimizer and its way to the data. Serves one task at a time. */
final class Replica implements AutoCloseable {
  private final Recipe recipe;
  private final ShardCache cache;
  private final EpochPlan plan;
  private final SampleTransform transform;
  private final LocalTrainer trainer;
  private final int readerThreads;
  private final ExecutorArithmetic executor;
  private double dataSeconds;
  private Tensor sent;
  private Trained held;
  private int heldSteps;

  /**
   * A worker's part of a round, whose outcome a replica holds until it loads another state.
   *
   * @param epoch from 0
   * @param round of the epoch, from 0
   */
  record Trained(int worker, int epoch, int round) {}

  Replica(Recipe recipe, ShardCache cache, ReplicaSpec spec) {
    this.recipe = recipe;
    this.cache = cache;
    this.plan = new EpochPlan(recipe, cache.shards().manifest().rows());
    this.transform = recipe.trainingInput().transform();
    this.readerThreads = spec.readerThreads();
    Schedule schedule = recipe.schedule().toSchedule(plan.steps(), recipe.samplesPerStep());
    Kernels kernels = KernelProvider.create(spec.kernels(), spec.threads());
    this.executor = ExecutorArithmetic.here(kernels, spec.threads());
    this.trainer = new LocalTrainer(recipe, schedule, kernels, teacher(spec));
  }

  private static Teacher teacher(ReplicaSpec spec) {
    return spec.teacher() == null
        ? null
        : spec.teacher().load(spec.hadoop().value().value()).open(spec.kernels(), spec.threads());
  }

  /** Its arithmetic and host. */
  ExecutorArithmetic executor() {
    return executor;
  }

  AveragingSettings averaging() {
    return recipe.averaging();
  }

  /**
   * Takes what a worker's part of a round begins with.
   *
   * @param start the state that all workers start from
   * @param place the round
   * @param own the worker's own moments if it keeps some, empty for zeros
   */
  void load(SharedState start, WorkerTask.Place place, float[] own, int worker) {
    held = null;
    long step = place.step();
    if (recipe.averaging().momentsPolicy() == MomentsPolicy.RESET) {
      start.copyTo(trainer.modelPart(), worker);
      trainer.beginAnewAt(step);
      return;
    }
    StateParts kept = trainer.partsBehind(place.shared());
    if (step > 0 && own.length != kept.length()) {
      throw new IllegalStateException(
          Text.format(
              "worker %d: expected its %d moments at step %d, found %d",
              worker, kept.length(), step, own.length));
    }
    if (own.length < kept.length()) {
      trainer.beginAnewAt(0);
    }
    start.copyTo(trainer.parts(place.shared()), worker);
    kept.put(0, own);
    trainer.continueAt(step);
  }

  /**
   * Takes the state that a worker has of its own, and keeps a copy of what the workers average of
   * it.
   *
   * @param own slices of that state, in order; none before the first round
   * @param start the state that workers begin the training with
   * @param place the round
   */
  void loadOwn(Iterator<Slice> own, SharedState start, WorkerTask.Place place, int worker) {
    held = null;
    StateParts all = trainer.parts();
    if (own.hasNext()) {
      long loaded = 0;
      while (own.hasNext()) {
        float[] values = ((Payload.Floats) own.next().payload()).values();
        all.put(loaded, values);
        loaded += values.length;
      }
      requireWhole(loaded, all.length(), place, worker);
      trainer.continueAt(place.step());
    } else {
      if (place.step() > 0) {
        requireWhole(0, all.length(), place, worker);
      }
      trainer.beginAnewAt(0);
      start.copyTo(trainer.parts(place.shared()), worker);
    }
    copySent(place);
  }

  private void copySent(WorkerTask.Place place) {
    if (sent == null) {
      long most = trainer.parts(recipe.mostAveragedVectors()).length();
      sent = Tensor.allocate(DataType.FLOAT32, most);
    }
    long from = 0;
    for (Tensor vector : trainer.parts(place.shared()).tensors()) {
      sent.slice(from, vector.elements()).copyFrom(vector);
      from += vector.elements();
    }
  }

  /**
   * Takes from the outcome of a round what the worker has sent before it, and remembers that the
   * tensors hold the rest: its whole state, in place.
   *
   * @param shared vectors that the worker has sent
   */
  StateParts keep(Trained trained, TrainingSums sums, Late late, int shared) {
    heldSteps = Math.toIntExact(sums.optimizer().steps());
    StateParts all = trainer.parts();
    StateParts before = new StateParts(List.of(sent));
    SliceLayout layout = late.layout();
    int length = Math.toIntExact(trainer.parts(shared).length());
    for (int index = 0; index < layout.count(length); index++) {
      int from = layout.from(index);
      int count = layout.length(index, length);
      float[] values = all.copy(from, count);
      late.rule().take(from, before.copy(from, count), values, late.factors(), heldSteps);
      all.put(from, values);
    }
    held = trained;
    return all;
  }

  /**
   * How a mean that comes later is applied.
   *
   * @param layout how states are cut
   * @param factors of the round's steps
   */
  record Late(DelayedMean rule, SliceLayout layout, DelayedMean.Factors factors) {}

  boolean holds(Trained wanted) {
    return wanted != null && wanted.equals(held);
  }

  /** Takes the state that follows from what the replica holds: that of {@link #loadOwn}. */
  void goOn(Correction correction, WorkerTask.Place place) {
    held = null;
    StateParts all = trainer.parts();
    SharedState mean = correction.mean();
    for (int index = 0; index < mean.slices(); index++) {
      int from = mean.layout().from(index);
      int count = mean.layout().length(index, mean.elements());
      float[] values = all.copy(from, count);
      correction.apply(index, values, heldSteps);
      all.put(from, values);
    }
    trainer.continueAt(place.step());
    copySent(place);
  }

  private static void requireWhole(long found, long expected, WorkerTask.Place place, int worker) {
    if (found != expected) {
      throw new IllegalStateException(
          Text.format(
              "worker %d: expected %d values of its own state at step %d, found %d",
              worker, expected, place.step(), found));
    }
  }

  /** Trains a worker's part of a round; {@link #averaged} holds the outcome. */
  TrainingSums train(int worker, int epoch, int round) {
    List<SampleRef> samples = plan.samples(worker, epoch, round);
    ReadOptions options =
        ReadOptions.of(recipe.data().batchSize(), recipe.seed(), epoch).withThreads(readerThreads);
    long began = System.nanoTime();
    try (BatchReader reader =
        new BatchReader(cache, samples, transform, recipe.toTask().targets(), options)) {
      TimedBatches batches = new TimedBatches(reader, began);
      TrainingSums sums = trainer.train(epoch, batches);
      dataSeconds = batches.seconds();
      return sums;
    }
  }

  /** Seconds that the last {@link #train} waited for batches. */
  double dataSeconds() {
    return dataSeconds;
  }

  /**
   * The averaged parts of its state, in place: valid until the next {@link #load}.
   *
   * @param vectors the model's and those of moments
   */
  StateParts averaged(int vectors) {
    return trainer.parts(vectors);
  }

  /** The moments behind those, in place. */
  StateParts kept(int vectors) {
    return trainer.partsBehind(vectors);
  }

  @Override
  public void close() {
    if (sent != null) {
      sent.close();
    }
    trainer.close();
  }
}
