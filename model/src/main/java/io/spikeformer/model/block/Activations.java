package io.spikeformer.model.block;

import io.spikeformer.common.Text;
import io.spikeformer.model.config.BlockSpec;
import io.spikeformer.model.kernel.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The tensors that the blocks of a network hand on to one another, by name: maps on the way
 * forward, gradients on the way back.
 *
 * <p>In evaluation a map is given back when its last reader has run. In training the gradients of
 * several readers of a map are added in the order in which the network declares the readers. So the
 * bits do not depend on the order in which they come. Frozen blocks run as in evaluation, and no
 * gradient goes to them.
 */
public final class Activations {
  private final Map<String, Node> nodes = new LinkedHashMap<>();

  /** A block, and what is known of its output. */
  private static final class Node {
    private final Block block;
    private final List<Edge> reads = new ArrayList<>();
    private final List<Edge> readers = new ArrayList<>();
    private Tensor output;
    private int unread;
    private boolean frozen;
    private Tensor gradient;

    Node(Block block) {
      this.block = block;
    }
  }

  /** One place where a map is read, and the gradient that comes back from there. */
  private static final class Edge {
    private final Node from;
    private Tensor gradient;

    Edge(Node from) {
      this.from = from;
    }
  }

  /**
   * The blocks of a network.
   *
   * @param blocks by specification, each behind those that it reads
   * @throws IllegalArgumentException if a block reads what is not before it, or another than the
   *     last is read by nobody
   */
  public Activations(Map<BlockSpec, Block> blocks) {
    nodes.put(BlockSpec.IMAGES, new Node(null));
    blocks.forEach(this::add);
    List<String> unread =
        nodes.keySet().stream().filter(name -> nodes.get(name).readers.isEmpty()).toList();
    if (unread.size() != 1) {
      throw new IllegalArgumentException(
          Text.format("network: expected every block but the last to be read, found %s", unread));
    }
  }

  private void add(BlockSpec spec, Block block) {
    Node node = new Node(block);
    for (String name : spec.reads()) {
      Node from = nodes.get(name);
      if (from == null) {
        throw new IllegalArgumentException(
            Text.format(
                "network: block %s: expected to read one of %s, found %s",
                spec.name(), nodes.keySet(), name));
      }
      Edge edge = new Edge(from);
      from.readers.add(edge);
      node.reads.add(edge);
    }
    if (nodes.put(spec.name(), node) != null) {
      throw new IllegalArgumentException(
          Text.format("network: expected blocks of different names, found two of %s", spec.name()));
    }
  }

  /** The input of the network, which stays the caller's. */
  public void images(Tensor images) {
    nodes.get(BlockSpec.IMAGES).output = images;
  }

  /** Freezes the blocks of these names for later passes, and no others. */
  public void freeze(Set<String> blocks) {
    nodes.forEach((name, node) -> node.frozen = blocks.contains(name));
  }

  /** Whether a block is frozen. */
  public boolean frozen(String name) {
    return nodes.get(name).frozen;
  }

  /** Runs a block on the outputs of those that it reads. */
  public Tensor forward(Pass given, String name) {
    Node node = nodes.get(name);
    Pass pass = node.frozen ? given.evaluation() : given;
    Tensor[] read = node.reads.stream().map(edge -> edge.from.output).toArray(Tensor[]::new);
    node.output = node.block.forward(pass, read);
    node.unread = node.readers.size();
    if (pass.mode() == Pass.Mode.EVALUATION) {
      node.reads.forEach(edge -> hasBeenRead(edge.from));
    }
    return node.output;
  }

  private static void hasBeenRead(Node node) {
    node.unread--;
    if (node.unread == 0 && node.block != null) {
      node.block.release();
    }
  }

  /** Gives back the output of the network, which its loss has read. */
  public void outputIsRead(Pass pass, String name) {
    nodes.get(name).block.releaseOutput(pass);
  }

  /** Whether the gradient of a block's output has come. */
  public boolean hasGradient(String name) {
    Node node = nodes.get(name);
    return node.gradient != null || node.readers.stream().anyMatch(edge -> edge.gradient != null);
  }

  /** Takes over the gradient of an output of the network, a workspace buffer. */
  public void gradient(String name, Tensor gradient) {
    nodes.get(name).gradient = gradient;
  }

  /** Runs a block's backward pass on the gradient of its output; nothing if it is frozen. */
  public void backward(Pass pass, String name) {
    Node node = nodes.get(name);
    if (node.frozen) {
      return;
    }
    List<Tensor> gradients = node.block.backward(pass, sum(pass, node));
    for (int i = 0; i < gradients.size(); i++) {
      Edge edge = node.reads.get(i);
      if (edge.from.block == null || edge.from.frozen) {
        pass.give(gradients.get(i)); // nobody wants that of the images, or of what is frozen
      } else {
        edge.gradient = gradients.get(i);
      }
    }
  }

  /** The gradient of a block's output from all its readers, in one buffer. */
  private static Tensor sum(Pass pass, Node node) {
    Tensor sum = node.gradient;
    node.gradient = null;
    for (Edge edge : node.readers) {
      if (sum == null) {
        sum = edge.gradient;
      } else if (edge.gradient != null) {
        pass.kernels().add(sum, edge.gradient, sum);
        pass.give(edge.gradient);
      }
      edge.gradient = null;
    }
    return sum;
  }

  /** Gives back all that the blocks keep of their last pass. */
  public void release() {
    for (Node node : nodes.values()) {
      if (node.block != null) {
        node.block.release();
      }
    }
  }
}
