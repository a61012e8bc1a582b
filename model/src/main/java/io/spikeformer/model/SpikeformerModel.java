package io.spikeformer.model;

import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.model.block.Block;
import io.spikeformer.model.block.FiringCounts;
import io.spikeformer.model.block.NamedOutputs;
import io.spikeformer.model.block.ParameterLayout;
import io.spikeformer.model.box.RegionChooser;
import io.spikeformer.model.config.BlockSpec;
import io.spikeformer.model.config.FrozenParts;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.model.config.Recompute;
import io.spikeformer.model.cost.NormalisedValues;
import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.model.kernel.Tensor;
import io.spikeformer.model.layer.BlockInputs;
import io.spikeformer.model.layer.BlockLayer;
import io.spikeformer.model.layer.BlockLayerConfig;
import io.spikeformer.model.layer.BlockRuntime;
import io.spikeformer.model.layer.NdArrays;
import io.spikeformer.natives.PackedNatives;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A Meta-SpikeFormer ready to run: a DL4J ComputationGraph of blocks, its flat state, and the two
 * passes.
 *
 * <p>One instance is one replica and serves one thread at a time.
 */
public final class SpikeformerModel implements AutoCloseable {
  private static final String INPUTS = ".inputs";

  private final NetworkConfig config;
  private final ComputationGraph graph;
  private final BlockRuntime runtime;
  private final ParameterLayout layout;
  private final List<BlockLayer> layers = new ArrayList<>();
  private final Tensor state;
  private final boolean ownsGraph;
  // null until the first step: inference needs none
  private Tensor gradient;
  private Tensor input;
  private boolean frozen;
  private FrozenParts frozenParts = FrozenParts.NONE;
  private boolean closed;

  private SpikeformerModel(
      NetworkConfig config, ComputationGraph graph, Kernels kernels, boolean ownsGraph) {
    this.config = config;
    this.graph = graph;
    this.ownsGraph = ownsGraph;
    Map<BlockSpec, Block> blocks = new LinkedHashMap<>();
    for (BlockSpec spec : config.blocks()) {
      BlockLayer layer = (BlockLayer) graph.getLayer(spec.name());
      layers.add(layer);
      blocks.put(spec, layer.block());
    }
    this.runtime = new BlockRuntime(config, blocks, kernels);
    layers.forEach(layer -> layer.attach(runtime));
    layout = ParameterLayout.of(config);
    state = flat(graph.params());
  }

  private Tensor flat(INDArray array) {
    return Tensor.view(DataType.FLOAT32, NdArrays.tensor(array).address(), layout.length());
  }

  /** A model with parameters drawn as PyTorch's layers draw them, a pure function of the seed. */
  public static SpikeformerModel create(NetworkConfig config, Kernels kernels, long seed) {
    PackedNatives.unpack();
    GraphBuilder builder =
        new NeuralNetConfiguration.Builder()
            .seed(seed)
            .dataType(org.nd4j.linalg.api.buffer.DataType.FLOAT)
            .trainingWorkspaceMode(WorkspaceMode.NONE)
            .inferenceWorkspaceMode(WorkspaceMode.NONE)
            .graphBuilder()
            .addInputs(BlockSpec.IMAGES);
    List<String> order = new ArrayList<>(List.of(BlockSpec.IMAGES));
    List<BlockSpec> blocks = config.blocks();
    for (int i = 0; i < blocks.size(); i++) {
      BlockSpec spec = blocks.get(i);
      String input = spec.reads().get(0);
      if (spec.reads().size() > 1) {
        input = spec.name() + INPUTS;
        builder.addVertex(input, new BlockInputs(), spec.reads().toArray(String[]::new));
        order.add(input);
      }
      builder.addLayer(spec.name(), new BlockLayerConfig(config, i), input);
      order.add(spec.name());
    }
    ComputationGraphConfiguration built =
        builder.setOutputs(blocks.get(blocks.size() - 1).name()).build();
    // parameters lie in the order of the blocks, which is not the only one that DL4J could sort to
    built.setTopologicalOrder(IntStream.range(0, order.size()).toArray());
    built.setTopologicalOrderStr(order);
    ComputationGraph graph = new ComputationGraph(built);
    graph.init();
    return new SpikeformerModel(config, graph, kernels, true);
  }

  /**
   * Wraps a graph that was restored or edited with DL4J, and that stays the caller's.
   *
   * @throws UserException if it is not a graph of this project's blocks
   */
  public static SpikeformerModel of(ComputationGraph graph, Kernels kernels) {
    for (Layer layer : graph.getLayers()) {
      if (!(layer instanceof BlockLayer)) {
        throw new UserException(
            "model: expected a graph of Meta-SpikeFormer blocks, found %s",
            layer.getClass().getName());
      }
    }
    BlockLayerConfig first = (BlockLayerConfig) graph.getLayer(0).conf().getLayer();
    return new SpikeformerModel(first.config(), graph, kernels, false);
  }

  public NetworkConfig config() {
    return config;
  }

  /** The DL4J graph: summary, ModelSerializer and the rest of DL4J work on it. */
  public ComputationGraph graph() {
    return graph;
  }

  /** Names and places of the tensors in {@link #state()} and {@link #gradient()}. */
  public ParameterLayout layout() {
    return layout;
  }

  public Kernels kernels() {
    return runtime.kernels();
  }

  /** Parameters and running statistics, a flat float32 view in the layout's order. */
  public Tensor state() {
    return state;
  }

  /** Gradients of the last {@link #step}, in the layout's order; 0 for statistics. */
  public Tensor gradient() {
    if (gradient == null) {
      if (graph.getFlattenedGradients() == null) {
        graph.initGradientsView();
      }
      gradient = flat(graph.getFlattenedGradients());
      gradient.zero();
    }
    return gradient;
  }

  /** Counts the spikes of later {@link #step} and {@link #infer} calls; stops counting if null. */
  public void collect(FiringCounts counts) {
    runtime.collect(counts);
  }

  /**
   * Takes what chooses the regions of a detector's heads in later {@link #step} and {@link #infer}
   * calls; other networks need none.
   */
  public void chooseRegions(RegionChooser chooser) {
    runtime.chooseRegions(chooser);
  }

  /**
   * Decides what later {@link #step} calls keep for the backward pass; nothing is recomputed at
   * first.
   */
  public void recompute(Recompute recompute) {
    runtime.recompute(recompute);
  }

  /**
   * Decides what later {@link #step} calls leave as it is; nothing at first. The gradient of frozen
   * stages is 0, they run with running statistics, and the way back ends in front of them. An
   * {@link io.spikeformer.model.optim.Optimizer} that is told of them leaves their tensors.
   *
   * @throws IllegalArgumentException if the network has fewer stages
   */
  public void freezeParts(FrozenParts parts) {
    runtime.freeze(parts);
    frozenParts = parts;
    if (gradient != null) {
      gradient.zero();
    }
  }

  /** Bytes of the replica's activation buffers so far. */
  public long workspaceBytes() {
    return runtime.workspace().bytes();
  }

  /**
   * Takes the inference form of the present {@link #state()}: batch normalisation folded into the
   * convolutions, and their weights kept in the order that the kernels want. {@link #infer} uses it
   * until {@link #thaw()} or the next {@link #step}; nothing else may change the state meanwhile.
   * Logits differ from those of the other form by rounding alone.
   *
   * <p>The buffers of training steps go back to the system first: inference needs fewer.
   */
  public void freeze() {
    runtime.workspace().trim();
    layers.forEach(layer -> layer.block().freeze(runtime.kernels()));
    frozen = true;
  }

  /**
   * As {@link #freeze()}, where also convolutions in a row without neurons between them are one, so
   * that every product except the first reads what neurons fired: the form of a chip. Products take
   * more operations in it.
   *
   * @return the names of the layers by the addresses of their weights
   */
  public Map<Long, String> merge() {
    Map<Long, String> names = new LinkedHashMap<>();
    layers.forEach(layer -> layer.block().merge(runtime.kernels(), names));
    frozen = true;
    return names;
  }

  /** Ends what {@link #freeze()} or {@link #merge()} began. */
  public void thaw() {
    layers.forEach(layer -> layer.block().thaw());
    frozen = false;
  }

  /** Outputs with running statistics, valid until the next pass. */
  public Outputs infer(Images images) {
    runtime.release();
    Tensor output = NdArrays.tensor(graph.output(false, load(images))[0]);
    NamedOutputs head = head();
    return new Outputs(head.parts(output), Map.of(), head.timesteps()).of(last());
  }

  /**
   * Forward and backward pass in training mode: fills {@link #gradient()} with that of the mean
   * loss and updates the running statistics in {@link #state()}.
   *
   * @return the mean loss
   * @throws UserException if a batch normalisation would have one value a channel
   */
  public double step(Images images, TrainingLoss loss) {
    if (frozenParts.normalisation() == FrozenParts.Normalisation.NONE) {
      NormalisedValues.single(config, images.batch(), images.height(), images.width())
          .ifPresent(
              fault -> {
                throw new UserException("%s; take a larger minibatch or larger images", fault);
              });
    }
    if (frozen) {
      thaw();
    }
    runtime.release();
    String last = last().name();
    INDArray array = graph.feedForward(new INDArray[] {load(images)}, true, false).get(last);
    Tensor output = NdArrays.tensor(array);
    Tensor epsilon = runtime.workspace().take(DataType.FLOAT32, output.shape());
    epsilon.zero();
    NamedOutputs head = head();
    Outputs outputs = new Outputs(head.parts(output), head.parts(epsilon), Map.of()).of(last());
    double mean = loss.loss(outputs);
    gradient();
    runtime.gradient(last, epsilon);
    graph.backpropGradient(runtime.token());
    return mean;
  }

  private BlockSpec last() {
    return config.blocks().get(config.blocks().size() - 1);
  }

  private NamedOutputs head() {
    return (NamedOutputs) layers.get(layers.size() - 1).block();
  }

  /** [T*B, H, W, C] in the input buffer: frames as they are, a static image T times. */
  private INDArray load(Images images) {
    int timesteps = config.timesteps();
    if (images.channels() != config.channels()) {
      throw new IllegalArgumentException(
          Text.format(
              "images: expected %s channels, found %s", config.channels(), images.channels()));
    }
    if (images.frames() != 1 && images.frames() != timesteps) {
      throw new IllegalArgumentException(
          Text.format("images: expected 1 or T = %s frames, found %s", timesteps, images.frames()));
    }
    long total = (long) timesteps * images.batch();
    if (input == null
        || input.elements() != total * images.height() * images.width() * images.channels()) {
      if (input != null) {
        input.close();
      }
      input =
          Tensor.allocate(
              DataType.FLOAT32, total, images.height(), images.width(), images.channels());
    }
    int copies = images.frames() == 1 ? timesteps : 1;
    for (int t = 0; t < copies; t++) {
      input.slice((long) t * images.pixels().length, images.pixels().length).put(images.pixels());
    }
    return NdArrays.array(input.reshape(total, images.height(), images.width(), images.channels()));
  }

  /**
   * Frees the activation buffers and, unless the graph is the caller's, {@link #state()} and {@link
   * #gradient()}, which must not be used any more; the kernels stay the caller's.
   */
  @Override
  public void close() {
    thaw();
    runtime.close();
    if (input != null) {
      input.close();
    }
    if (ownsGraph && !closed) {
      // not by graph.close(), which also runs the garbage collector
      NdArrays.free(graph.params());
      if (graph.getFlattenedGradients() != null) {
        NdArrays.free(graph.getFlattenedGradients());
      }
    }
    closed = true;
  }
}
