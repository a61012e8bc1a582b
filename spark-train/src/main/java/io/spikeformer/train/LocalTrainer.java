package io.spikeformer.train;

import io.spikeformer.common.Text;
import io.spikeformer.data.batch.Batch;
import io.spikeformer.eval.BatchImages;
import io.spikeformer.model.Distillation;
import io.spikeformer.model.Images;
import io.spikeformer.model.SpikeformerModel;
import io.spikeformer.model.block.FiringCounts;
import io.spikeformer.model.block.ParameterLayout;
import io.spikeformer.model.block.ParameterLayout.Entry;
import io.spikeformer.model.checkpoint.TrainingTally;
import io.spikeformer.model.config.FrozenParts;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.model.kernel.Tensor;
import io.spikeformer.model.optim.Optimizer;
import io.spikeformer.model.optim.OptimizerStep;
import io.spikeformer.model.optim.Schedule;
import io.spikeformer.model.optim.StepRates;
import io.spikeformer.tasks.BatchLoss;
import io.spikeformer.tasks.Hits;
import io.spikeformer.tasks.LossSettings;
import io.spikeformer.tasks.Task;
import io.spikeformer.tasks.Teaching;
import io.spikeformer.tasks.TrainingDraw;
import io.spikeformer.train.recipe.Recipe;
import io.spikeformer.train.teacher.Teacher;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One replica that trains on its own: a model and its optimizer.
 *
 * <p>What {@link #train} makes of a state depends on the state and the batches alone, never on what
 * the replica did before. It serves one thread at a time.
 */
public final class LocalTrainer implements AutoCloseable {
  private final SpikeformerModel model;
  private final Optimizer optimizer;
  private final Task task;
  private final LossSettings loss;
  private final long seed;
  private final Distillation distillation;
  private final Teacher teacher;
  private final boolean taughtByColumn;
  private final Schedule schedule;
  private final Kernels kernels;
  private long stepsBefore;

  /**
   * A replica with the recipe's initial parameters.
   *
   * @param recipe architecture, optimizer, loss and seed
   * @param schedule learning rate of each step
   * @param kernels numeric work; closed with the replica
   */
  public LocalTrainer(Recipe recipe, Schedule schedule, Kernels kernels) {
    this(recipe, schedule, kernels, null);
  }

  /**
   * A replica with the recipe's initial parameters that learns from a teacher as well.
   *
   * @param teacher answers during training, closed with the replica; null if there is none or its
   *     logits come with the batches
   */
  public LocalTrainer(Recipe recipe, Schedule schedule, Kernels kernels, Teacher teacher) {
    this.kernels = kernels;
    this.teacher = teacher;
    this.distillation = recipe.distillation().toDistillation();
    this.taughtByColumn = recipe.distillation().fromColumn();
    this.schedule = schedule;
    this.task = recipe.toTask();
    this.loss = recipe.loss();
    this.seed = recipe.seed();
    this.model = SpikeformerModel.create(recipe.model().toConfig(), kernels, recipe.seed());
    model.recompute(recipe.recomputation());
    FrozenParts frozen = recipe.freeze().toFrozenParts();
    model.freezeParts(frozen);
    this.optimizer =
        new Optimizer(
            recipe.optimizer().toConfig(),
            model.layout(),
            frozen.blocks(model.config()),
            kernels.optimizer());
  }

  /** Names and places of the model's tensors. */
  public ParameterLayout layout() {
    return model.layout();
  }

  /** A copy of everything that the training remembers. */
  public TrainingState state() {
    StateParts parts = parts();
    float[] values = parts.copy(0, Math.toIntExact(parts.length()));
    return new TrainingState(stepsBefore + optimizer.state().step(), values);
  }

  /** Everything that the training remembers except the step, in place. */
  public StateParts parts() {
    List<Tensor> parts = new ArrayList<>(List.of(model.state()));
    parts.addAll(optimizer.state().moments());
    return new StateParts(parts);
  }

  /** Parameters and statistics in place. */
  public StateParts modelPart() {
    return new StateParts(List.of(model.state()));
  }

  /** The first vectors of {@link #parts()} in place: the model's, then moments. */
  public StateParts parts(int vectors) {
    return new StateParts(parts().tensors().subList(0, vectors));
  }

  /** The vectors of {@link #parts()} behind the first ones, in place: the other moments. */
  public StateParts partsBehind(int vectors) {
    List<Tensor> all = parts().tensors();
    return new StateParts(all.subList(vectors, all.size()));
  }

  /**
   * Continues from a state.
   *
   * @throws IllegalArgumentException if it belongs to another model or optimizer
   */
  public void load(TrainingState state) {
    StateParts parts = parts();
    if (state.values().length != parts.length()) {
      throw new IllegalArgumentException(
          Text.format(
              "training state: expected %s vectors of %s values, found %s values",
              parts.tensors().size(), model.layout().length(), state.values().length));
    }
    parts.put(0, state.values());
    continueAt(state.step());
  }

  /**
   * Continues with the values that {@link #parts()} holds now.
   *
   * @param step optimizer steps taken before, &gt;= 0
   */
  public void continueAt(long step) {
    optimizer.state().continueAt(step);
    stepsBefore = 0;
  }

  /**
   * Continues with the parameters and statistics that {@link #modelPart()} holds now and an
   * optimizer that begins anew: its moments are zero and their bias correction counts from here.
   * The learning rate does not.
   *
   * @param step optimizer steps taken before, &gt;= 0
   */
  public void beginAnewAt(long step) {
    optimizer.state().clear();
    stepsBefore = step;
  }

  /**
   * One optimizer step per batch.
   *
   * @param epoch from 0, of which the batches are
   * @throws DivergenceException if a loss or a gradient is not finite
   */
  public TrainingSums train(int epoch, Iterator<Batch> batches) {
    TrainingDraw draw = new TrainingDraw(seed, epoch);
    FiringCounts spikes = new FiringCounts(model.config().timesteps());
    model.collect(spikes);
    TrainingSums sums = TrainingSums.NONE;
    while (batches.hasNext()) {
      sums = sums.plus(step(batches.next(), draw));
    }
    return sums.plus(new TrainingSums(TrainingTally.NONE, OptimizerSums.NONE, spikes.overTime()));
  }

  private TrainingSums step(Batch batch, TrainingDraw draw) {
    long step = stepsBefore + optimizer.state().step();
    Images images = BatchImages.of(batch);
    Teaching teaching = new Teaching(distillation, taught(images, batch));
    BatchLoss ofBatch = task.loss(model.config(), batch, loss, teaching, draw);
    model.chooseRegions(ofBatch.regions().orElse(null));
    AtomicReference<BatchLoss.Judgement> judgement = new AtomicReference<>();
    double mean =
        model.step(
            images,
            outputs -> {
              judgement.set(ofBatch.of(outputs, kernels));
              return judgement.get().loss();
            });
    if (!Double.isFinite(mean)) {
      throw new DivergenceException(
          "step " + (step + 1) + ": expected a finite loss, found " + mean);
    }
    requireFiniteGradient(step);
    StepRates rates = StepRates.of(optimizer.config(), schedule, step);
    OptimizerStep measured = optimizer.step(model.state(), model.gradient(), rates);
    return new TrainingSums(
        tally(batch.size(), judgement.get()), OptimizerSums.of(measured), new FiringCounts(1));
  }

  private static TrainingTally tally(int samples, BatchLoss.Judgement judgement) {
    Map<String, Double> parts = new LinkedHashMap<>();
    judgement.parts().forEach((name, mean) -> parts.put(name, mean * samples));
    Hits hits = judgement.hits();
    return new TrainingTally(samples, hits.hits(), hits.of(), judgement.loss() * samples, parts);
  }

  /** The teacher's logits for a batch, or null without a teacher. */
  private float[] taught(Images images, Batch batch) {
    if (teacher != null) {
      return teacher.logits(images);
    }
    return taughtByColumn ? batch.logits() : null;
  }

  private void requireFiniteGradient(long step) {
    if (kernels.optimizer().allFinite(model.gradient())) {
      return;
    }
    List<String> bad =
        model.layout().entries().stream().filter(this::diverged).map(Entry::name).toList();
    // a backward pass spreads what is not finite towards the first layer: it began in the last one
    throw new DivergenceException(
        Text.format(
            "step %d: expected a finite gradient, found NaN or infinity in %s%s",
            step + 1,
            bad.get(bad.size() - 1),
            bad.size() == 1 ? "" : " and " + (bad.size() - 1) + " tensors before it"));
  }

  private boolean diverged(Entry entry) {
    return !kernels.optimizer().allFinite(model.gradient().slice(entry.offset(), entry.length()));
  }

  @Override
  public void close() {
    if (teacher != null) {
      teacher.close();
    }
    optimizer.close();
    model.close();
    kernels.close();
  }
}
