package io.spikeformer.model.layer;

import io.spikeformer.model.block.Block;
import io.spikeformer.model.config.BlockSpec;
import io.spikeformer.model.config.BlockSpec.BlockKind;
import io.spikeformer.model.config.NetworkConfig;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.memory.LayerMemoryReport;
import org.deeplearning4j.nn.conf.memory.MemoryReport;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.shade.jackson.annotation.JsonIgnore;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * DL4J configuration of one block: the architecture as JSON and the block's place in it.
 *
 * <p>Parameters are updated by this project's optimizers on the flat views, so DL4J's updater is a
 * no-op.
 */
public final class BlockLayerConfig extends Layer {
  private static final long serialVersionUID = 1;

  @JsonProperty private final String architecture;
  @JsonProperty private final int block;
  // read from the architecture once
  private transient NetworkConfig config;

  /** Configuration of block number {@code block} of an architecture. */
  public BlockLayerConfig(
      @JsonProperty("architecture") String architecture, @JsonProperty("block") int block) {
    this.architecture = architecture;
    this.block = block;
  }

  /** Configuration of block number {@code block} of a network. */
  public BlockLayerConfig(NetworkConfig config, int block) {
    this(config.toJson(), block);
    this.config = config;
  }

  /** The architecture. */
  @JsonIgnore
  public NetworkConfig config() {
    if (config == null) {
      config = NetworkConfig.fromJson(architecture);
    }
    return config;
  }

  @JsonIgnore
  BlockSpec spec() {
    return config().blocks().get(block);
  }

  @JsonIgnore
  Block newBlock() {
    return Block.of(config(), spec());
  }

  @Override
  public org.deeplearning4j.nn.api.Layer instantiate(
      NeuralNetConfiguration conf,
      Collection<TrainingListener> listeners,
      int index,
      INDArray paramsView,
      boolean initializeParams,
      DataType dataType) {
    BlockLayer layer = new BlockLayer(conf, dataType, spec(), newBlock());
    layer.setListeners(listeners);
    layer.setIndex(index);
    layer.setParamsViewArray(paramsView);
    layer.setParamTable(initializer().init(conf, paramsView, initializeParams));
    return layer;
  }

  @Override
  public ParamInitializer initializer() {
    return new BlockParameterInitializer();
  }

  @Override
  public InputType getOutputType(int index, InputType input) {
    BlockSpec spec = spec();
    if (spec.kind() == BlockKind.HEAD) {
      return InputType.feedForward(spec.outputs());
    }
    long[] shape = input.getShape();
    return InputType.convolutional(
        spec.outputSize((int) shape[0]),
        spec.outputSize((int) shape[1]),
        spec.outputs(),
        CNN2DFormat.NHWC);
  }

  @Override
  public void setNIn(InputType input, boolean override) {
    // the architecture fixes the widths
  }

  @Override
  public InputPreProcessor getPreProcessorForInputType(InputType input) {
    return null;
  }

  @Override
  public List<Regularization> getRegularizationByParam(String name) {
    return List.of();
  }

  @Override
  public boolean isPretrainParam(String name) {
    return false;
  }

  @Override
  public IUpdater getUpdaterByParam(String name) {
    return new NoOp();
  }

  @Override
  public GradientNormalization getGradientNormalization() {
    return GradientNormalization.None;
  }

  @Override
  public double getGradientNormalizationThreshold() {
    return 0;
  }

  @Override
  public LayerMemoryReport getMemoryReport(InputType input) {
    long parameters = newBlock().parameters().length();
    return new LayerMemoryReport.Builder(getLayerName(), getClass(), input, getOutputType(0, input))
        .standardMemory(parameters, 0)
        .workingMemory(0, 0, Map.of(), Map.of())
        .cacheMemory(MemoryReport.CACHE_MODE_ALL_ZEROS, MemoryReport.CACHE_MODE_ALL_ZEROS)
        .build();
  }

  @Override
  public BlockLayerConfig clone() {
    return (BlockLayerConfig) super.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof BlockLayerConfig that
        && that.architecture.equals(architecture)
        && that.block == block
        && Objects.equals(that.getLayerName(), getLayerName());
  }

  @Override
  public int hashCode() {
    return Objects.hash(architecture, block);
  }
}
