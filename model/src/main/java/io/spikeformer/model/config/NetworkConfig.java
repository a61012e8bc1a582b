package io.spikeformer.model.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonMappingException.Reference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import java.util.Arrays;
import java.util.List;

/**
 * A network of any family: its circumstances, and its blocks as a graph from the stem to the head.
 */
public interface NetworkConfig {
  /** Height and width in pixels of the images of ImageNet as networks see them. */
  int IMAGENET_SIZE = 224;

  /** Preset or experiment name. */
  String name();

  /** Outputs of the head. */
  int classes();

  /** Input channels. */
  int channels();

  /** T. */
  int timesteps();

  /** Spiking neuron of the whole network. */
  NeuronConfig neuron();

  /** Number format of the products. */
  Precision precision();

  /** Linear layers of the head. */
  ClassifierHead head();

  /** The blocks, each behind those that it reads; the last one gives the outputs. */
  List<BlockSpec> blocks();

  /** The same architecture at another number of timesteps; parameters do not depend on it. */
  NetworkConfig withTimesteps(int newTimesteps);

  /** The same architecture in another number format. */
  NetworkConfig withPrecision(Precision newPrecision);

  /**
   * The same architecture with other neurons.
   *
   * @throws IllegalArgumentException if its layers cannot read what they fire
   */
  NetworkConfig withNeuron(NeuronConfig newNeuron);

  /**
   * The same architecture with another head.
   *
   * @throws IllegalArgumentException if the family has none such
   */
  NetworkConfig withHead(ClassifierHead newHead);

  /** The same backbone under the head of another network; unchanged if it has none such. */
  default NetworkConfig withHeadOf(NetworkConfig other) {
    return this;
  }

  /** The same architecture for other images and classes. */
  NetworkConfig withData(int newChannels, int newClasses);

  /** The same architecture with the name, T, neuron and precision of another network. */
  NetworkConfig inCircumstancesOf(NetworkConfig other);

  /** Height and width in pixels of the images that the network is published for. */
  default int imageSize() {
    return IMAGENET_SIZE;
  }

  /** Whether layers read sums of spikes or integers, so that a firing rate may exceed 1. */
  default boolean sumsSpikes() {
    return neuron().integers() != null || blocks().stream().anyMatch(BlockSpec::sumsSpikes);
  }

  /** The configuration as one JSON object. */
  default String toJson() {
    try {
      return new ObjectMapper().writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Reads {@link #toJson()} back.
   *
   * @throws UserException if it is no configuration, or an invalid one
   */
  static NetworkConfig fromJson(String json) {
    ObjectMapper mapper =
        new ObjectMapper().enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES);
    try {
      JsonNode tree = mapper.readTree(json);
      if (!tree.isObject()) {
        throw new UserException("model configuration: expected an object, found %s", json);
      }
      return mapper.treeToValue(tree, NetworkFamily.of(tree).type());
    } catch (JsonProcessingException e) {
      String where =
          e instanceof JsonMappingException mapping
              ? mapping.getPath().stream().map(Reference::getFieldName).toList() + " "
              : "";
      throw new UserException(e, "model configuration: %s%s", where, e.getOriginalMessage());
    }
  }

  /**
   * A network of any family by its name.
   *
   * @throws IllegalArgumentException for an unknown name, naming the known ones
   */
  static NetworkConfig preset(String name) {
    for (NetworkFamily family : NetworkFamily.values()) {
      if (family.presets().contains(name)) {
        return family.preset(name);
      }
    }
    throw new IllegalArgumentException(
        Text.format("preset: expected one of %s, found '%s'", String.join(", ", presets()), name));
  }

  /** Names accepted by {@link #preset}. */
  static List<String> presets() {
    return Arrays.stream(NetworkFamily.values())
        .flatMap(family -> family.presets().stream())
        .toList();
  }
}
