package io.spikeformer.model.optim;

import io.spikeformer.model.block.ParameterLayout;
import io.spikeformer.model.block.ParameterLayout.Entry;
import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.OptimizerKernels;
import io.spikeformer.model.kernel.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Updates the flat state of a model from its flat gradient, tensor by tensor.
 *
 * <p>Statistics are never touched. {@link ParameterGroups} say which tensors are decayed; LAMB
 * scales the step of these alone by a trust ratio.
 */
public final class Optimizer implements AutoCloseable {
  private final OptimizerConfig config;
  private final List<Entry> trained;
  private final OptimizerKernels kernels;
  private final OptimizerState memory;
  private final Tensor scratch;

  /** An optimizer before its first step for a model with the given layout. */
  public Optimizer(OptimizerConfig config, ParameterLayout layout, OptimizerKernels kernels) {
    this(config, layout, Set.of(), kernels);
  }

  /**
   * An optimizer that leaves some blocks as they are.
   *
   * @param frozen names of these blocks
   */
  public Optimizer(
      OptimizerConfig config,
      ParameterLayout layout,
      Set<String> frozen,
      OptimizerKernels kernels) {
    this.config = config;
    this.kernels = kernels;
    this.trained =
        layout.entries().stream()
            .filter(entry -> entry.kind().trainable() && !frozen.contains(entry.block()))
            .toList();
    this.memory = new OptimizerState(config.name().moments(), layout.length());
    this.scratch =
        Tensor.allocate(
            DataType.FLOAT32, trained.stream().mapToLong(Entry::length).max().orElse(0));
    scratch.zero();
  }

  /** Its settings. */
  public OptimizerConfig config() {
    return config;
  }

  /** Steps taken and moments. */
  public OptimizerState state() {
    return memory;
  }

  /** One step without a warm-up, at a learning rate for all tensors. */
  public OptimizerStep step(Tensor state, Tensor gradient, double learningRate) {
    return step(state, gradient, new StepRates(learningRate, learningRate, config.momentum()));
  }

  /**
   * One step.
   *
   * @param state parameters and statistics in the layout's order; the parameters are updated
   * @param gradient in the same order, mean over the minibatch, finite
   * @param rates what depends on the step
   * @return what was measured on the way
   */
  public OptimizerStep step(Tensor state, Tensor gradient, StepRates rates) {
    double norm = gradientNorm(gradient);
    long number = memory.advance();
    float scale = (float) gradientScale(norm);
    Map<String, Double> trustRatios = new LinkedHashMap<>();
    for (Entry entry : trained) {
      ParameterGroups groups = config.groups();
      double rate = ParameterGroups.isBias(entry) ? rates.biasRate() : rates.rate();
      Step own =
          new Step(
              number,
              (float) (groups.rate(entry.part()) * rate),
              (float) rates.momentum(),
              scale,
              trustRatios);
      float decay = groups.decays(entry) ? (float) config.weightDecay() : 0;
      Tensor weights = state.slice(entry.offset(), entry.length());
      Tensor slope = gradient.slice(entry.offset(), entry.length());
      switch (config.name()) {
        case ADAMW -> adamw(own, entry, weights, slope, decay);
        case LAMB -> lamb(own, entry, weights, slope, decay);
        case SGD -> sgd(own, entry, weights, slope, decay);
      }
    }
    return new OptimizerStep(norm, trustRatios);
  }

  /** The values of a step for some tensors. */
  private record Step(
      long number,
      float rate,
      float momentum,
      float gradientScale,
      Map<String, Double> trustRatios) {}

  private double gradientNorm(Tensor gradient) {
    double squares = 0;
    for (Entry entry : trained) {
      squares += kernels.sumOfSquares(gradient.slice(entry.offset(), entry.length()));
    }
    return Math.sqrt(squares);
  }

  /** 1, or what shortens the gradient of all trained tensors to the greatest permitted norm. */
  private double gradientScale(double norm) {
    return config.maxGradientNorm() == 0 ? 1 : 1 / Math.max(1, norm / config.maxGradientNorm());
  }

  private void adamw(Step step, Entry entry, Tensor weights, Tensor slope, float decay) {
    Tensor first = moment(0, entry);
    Tensor second = moment(1, entry);
    updateMoments(step, slope, first, second);
    kernels.adamStep(
        weights,
        first,
        second,
        correction(config.beta1(), step),
        correction(config.beta2(), step),
        (float) config.epsilon(),
        step.rate(),
        decay);
  }

  private void lamb(Step step, Entry entry, Tensor weights, Tensor slope, float decay) {
    Tensor first = moment(0, entry);
    Tensor second = moment(1, entry);
    Tensor direction = scratch.slice(0, entry.length());
    updateMoments(step, slope, first, second);
    kernels.lambDirection(
        weights,
        first,
        second,
        correction(config.beta1(), step),
        correction(config.beta2(), step),
        (float) config.epsilon(),
        decay,
        direction);
    double trust = 1;
    if (decay != 0) {
      trust = trustRatio(weights, direction);
      step.trustRatios().put(entry.name(), trust);
    }
    kernels.addScaled(weights, (float) (-step.rate() * trust), direction);
  }

  /** |w| / |direction|, limited; 1 where either is zero. */
  private double trustRatio(Tensor weights, Tensor direction) {
    double weightNorm = Math.sqrt(kernels.sumOfSquares(weights));
    double directionNorm = Math.sqrt(kernels.sumOfSquares(direction));
    double ratio = weightNorm > 0 && directionNorm > 0 ? weightNorm / directionNorm : 1;
    return Math.min(ratio, config.maxTrustRatio());
  }

  private void sgd(Step step, Entry entry, Tensor weights, Tensor slope, float decay) {
    Tensor buffer = moment(0, entry);
    float momentum = step.momentum();
    if (config.nesterov()) {
      Tensor decayed = scratch.slice(0, entry.length());
      kernels.momentum(slope, step.gradientScale(), weights, decay, 0, decayed);
      kernels.momentum(decayed, 1, weights, 0, momentum, buffer);
      kernels.addScaled(weights, -step.rate(), decayed);
      kernels.addScaled(weights, -step.rate() * momentum, buffer);
    } else {
      kernels.momentum(slope, step.gradientScale(), weights, decay, momentum, buffer);
      kernels.addScaled(weights, -step.rate(), buffer);
    }
  }

  private void updateMoments(Step step, Tensor slope, Tensor first, Tensor second) {
    kernels.moments(
        slope, step.gradientScale(), (float) config.beta1(), (float) config.beta2(), first, second);
  }

  private Tensor moment(int index, Entry entry) {
    return memory.moments().get(index).slice(entry.offset(), entry.length());
  }

  /**
   * Undoes the pull of the moments towards their start at zero, with beta as the kernels see it.
   */
  private static float correction(double beta, Step step) {
    return (float) (1 - Math.pow((float) beta, step.number()));
  }

  @Override
  public void close() {
    memory.close();
    scratch.close();
  }
}
