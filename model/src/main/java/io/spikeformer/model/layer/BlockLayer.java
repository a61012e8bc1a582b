package io.spikeformer.model.layer;

import io.spikeformer.common.UserException;
import io.spikeformer.model.block.Block;
import io.spikeformer.model.config.BlockSpec;
import java.util.LinkedHashMap;
import java.util.Map;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.AbstractLayer;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A block as a DL4J layer. The flat views of parameters and gradients are DL4J's; the arithmetic is
 * the block's. It finds what it reads, and the gradient of its output, by name in the runtime.
 *
 * <p>A runtime must be attached before the first pass ({@link
 * io.spikeformer.model.SpikeformerModel} does it).
 */
public final class BlockLayer extends AbstractLayer<BlockLayerConfig> {
  private static final long serialVersionUID = 1;

  private final transient BlockSpec spec;
  private final transient Block block;
  private transient BlockRuntime runtime;
  private INDArray paramsView;
  private INDArray gradientsView;
  private Map<String, INDArray> gradientViews = Map.of();
  private Map<String, INDArray> tensors = new LinkedHashMap<>();

  BlockLayer(NeuralNetConfiguration conf, DataType dataType, BlockSpec spec, Block block) {
    super(conf, dataType);
    this.spec = spec;
    this.block = block;
  }

  /** The block behind the layer. */
  public Block block() {
    return block;
  }

  /** Shares kernels and buffers with the other layers of the graph. */
  public void attach(BlockRuntime newRuntime) {
    runtime = newRuntime;
  }

  private BlockRuntime runtime() {
    if (runtime == null) {
      throw new UserException(
          "layer %s: no kernels attached; wrap the graph with SpikeformerModel.of(graph, kernels)"
              + " first",
          getConf().getLayer().getLayerName());
    }
    return runtime;
  }

  @Override
  public INDArray activate(boolean training, LayerWorkspaceMgr workspaceMgr) {
    if (spec.reads().contains(BlockSpec.IMAGES)) {
      input = NdArrays.dense(input);
      runtime().images(NdArrays.tensor(input));
    }
    return NdArrays.array(runtime().forward(spec.name(), training));
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(
      INDArray epsilon, LayerWorkspaceMgr workspaceMgr) {
    runtime().backward(spec.name(), epsilon);
    Gradient gradients = new DefaultGradient(gradientsView);
    gradientViews.forEach(gradients::setGradientFor);
    return new Pair<>(gradients, runtime().token());
  }

  @Override
  public void setParamsViewArray(INDArray view) {
    paramsView = view;
    block.parameters().bindState(NdArrays.tensor(view));
  }

  @Override
  public void setBackpropGradientsViewArray(INDArray view) {
    gradientsView = view;
    // made once: hundreds of views a step would take as long as a convolution
    gradientViews = layerConf().initializer().getGradientsFromFlattened(conf, view);
    block.parameters().bindGradient(NdArrays.tensor(view));
  }

  @Override
  public INDArray getGradientsViewArray() {
    return gradientsView;
  }

  @Override
  public INDArray params() {
    return paramsView;
  }

  @Override
  public void setParams(INDArray params) {
    if (params != paramsView) {
      paramsView.assign(params.reshape(paramsView.shape()));
    }
  }

  @Override
  public INDArray getParam(String name) {
    return tensors.get(name);
  }

  @Override
  public void setParam(String name, INDArray value) {
    tensors.get(name).assign(value);
  }

  @Override
  public Map<String, INDArray> paramTable() {
    return tensors;
  }

  @Override
  public Map<String, INDArray> paramTable(boolean backpropParamsOnly) {
    return tensors;
  }

  @Override
  public void setParamTable(Map<String, INDArray> table) {
    tensors = table;
  }

  @Override
  public long numParams() {
    return block.parameters().length();
  }

  @Override
  public long numParams(boolean backwards) {
    return numParams();
  }

  @Override
  public boolean isPretrainLayer() {
    return false;
  }

  @Override
  public void clearNoiseWeightParams() {
    // there is no weight noise
  }

  @Override
  public void close() {
    block.release();
  }

  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }
}
