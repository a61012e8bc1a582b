package io.spikeformer.model.layer;

import java.util.Arrays;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.MaskState;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.BaseGraphVertex;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Lets the first map through, and the token of a gradient back to every block. */
final class BlockInputsVertex extends BaseGraphVertex {
  private static final long serialVersionUID = 1;

  BlockInputsVertex(ComputationGraph graph, String name, int index, DataType dataType) {
    super(graph, name, index, null, null, dataType);
  }

  @Override
  public boolean hasLayer() {
    return false;
  }

  @Override
  public Layer getLayer() {
    return null;
  }

  @Override
  public INDArray doForward(boolean training, LayerWorkspaceMgr workspaceMgr) {
    return inputs[0];
  }

  @Override
  public Pair<Gradient, INDArray[]> doBackward(boolean tbptt, LayerWorkspaceMgr workspaceMgr) {
    INDArray[] tokens = new INDArray[inputs.length];
    Arrays.fill(tokens, epsilon);
    return new Pair<>(null, tokens);
  }

  @Override
  public void setBackpropGradientsViewArray(INDArray view) {
    // there are no parameters
  }

  @Override
  public Pair<INDArray, MaskState> feedForwardMaskArrays(
      INDArray[] maskArrays, MaskState maskState, int minibatchSize) {
    return new Pair<>(null, maskState);
  }

  @Override
  public String toString() {
    return "BlockInputs(" + getVertexName() + ")";
  }
}
