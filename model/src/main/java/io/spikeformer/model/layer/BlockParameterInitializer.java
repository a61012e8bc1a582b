package io.spikeformer.model.layer;

import io.spikeformer.model.block.Parameter;
import io.spikeformer.model.block.Parameters;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Cuts a block's part of the flat vector into its named tensors and draws their initial values. */
final class BlockParameterInitializer implements ParamInitializer {
  private static Parameters parameters(Layer layer) {
    return ((BlockLayerConfig) layer).newBlock().parameters();
  }

  @Override
  public long numParams(NeuralNetConfiguration conf) {
    return numParams(conf.getLayer());
  }

  @Override
  public long numParams(Layer layer) {
    return parameters(layer).length();
  }

  @Override
  public List<String> paramKeys(Layer layer) {
    return parameters(layer).all().stream().map(Parameter::name).toList();
  }

  @Override
  public List<String> weightKeys(Layer layer) {
    return paramKeys(layer).stream().filter(name -> isWeightParam(layer, name)).toList();
  }

  @Override
  public List<String> biasKeys(Layer layer) {
    return paramKeys(layer).stream().filter(name -> isBiasParam(layer, name)).toList();
  }

  @Override
  public boolean isWeightParam(Layer layer, String name) {
    return parameters(layer).all().stream()
        .anyMatch(p -> p.name().equals(name) && p.shape().size() > 1);
  }

  @Override
  public boolean isBiasParam(Layer layer, String name) {
    return !isWeightParam(layer, name);
  }

  @Override
  public Map<String, INDArray> init(
      NeuralNetConfiguration conf, INDArray view, boolean initializeParams) {
    Map<String, INDArray> tensors = views(conf, view);
    for (Parameter parameter : parameters(conf.getLayer()).all()) {
      if (initializeParams) {
        long seed = conf.getSeed() * 31 + conf.getLayer().getLayerName().hashCode();
        NdArrays.tensor(tensors.get(parameter.name())).put(parameter.initial(seed));
      }
      conf.addVariable(parameter.name());
    }
    return tensors;
  }

  @Override
  public Map<String, INDArray> getGradientsFromFlattened(
      NeuralNetConfiguration conf, INDArray view) {
    return views(conf, view);
  }

  private static Map<String, INDArray> views(NeuralNetConfiguration conf, INDArray view) {
    INDArray flat = view.reshape(view.length());
    Map<String, INDArray> tensors = new LinkedHashMap<>();
    long offset = 0;
    for (Parameter parameter : parameters(conf.getLayer()).all()) {
      long[] shape = parameter.shape().stream().mapToLong(Integer::longValue).toArray();
      INDArray part = flat.get(NDArrayIndex.interval(offset, offset + parameter.length()));
      tensors.put(parameter.name(), part.reshape('c', shape));
      offset += parameter.length();
    }
    return tensors;
  }
}
