package io.spikeformer.model.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/** The families of networks: which one a configuration or a preset is of. */
public enum NetworkFamily {
  /** The paper's networks. */
  META_SPIKEFORMER(
      MetaSpikeFormerConfig.class, MetaSpikeFormerConfig::presets, MetaSpikeFormerConfig::preset) {
    @Override
    public void complete(ObjectNode json) {
      completeNeuron(json);
      if (!json.has("structure")) {
        json.putNull("structure");
      }
      if (json.get("structure") instanceof ObjectNode structure && !structure.has("transformer")) {
        structure.putNull("transformer");
      }
      if (!json.has("head")) {
        json.put("head", ClassifierHead.PLAIN.name());
      }
      if (!json.has("semantic-fpn")) {
        json.putNull("semantic-fpn");
      }
      if (!json.has("mask-rcnn")) {
        json.putNull("mask-rcnn");
      }
      if (!json.has("yolo")) {
        json.putNull("yolo");
      }
    }
  },
  /** Networks to compare with. */
  BASELINE(BaselineConfig.class, BaselineConfig::presets, BaselineConfig::preset) {
    @Override
    public void complete(ObjectNode json) {
      completeNeuron(json);
    }
  };

  private final Class<? extends NetworkConfig> type;
  private final Supplier<List<String>> presets;
  private final Function<String, NetworkConfig> preset;

  NetworkFamily(
      Class<? extends NetworkConfig> type,
      Supplier<List<String>> presets,
      Function<String, NetworkConfig> preset) {
    this.type = type;
    this.presets = presets;
    this.preset = preset;
  }

  /** The family of a configuration in JSON. */
  public static NetworkFamily of(JsonNode json) {
    return json.has("family") ? BASELINE : META_SPIKEFORMER;
  }

  /** Adds what configurations did not have that were written before there was a choice. */
  public abstract void complete(ObjectNode json);

  /** Neurons that fire spikes do not mention integers. */
  private static void completeNeuron(ObjectNode json) {
    if (json.get("neuron") instanceof ObjectNode neuron && !neuron.has("integers")) {
      neuron.putNull("integers");
    }
  }

  /** The class of the family's configurations. */
  public Class<? extends NetworkConfig> type() {
    return type;
  }

  /** Names of its presets. */
  List<String> presets() {
    return presets.get();
  }

  /** One of its presets. */
  NetworkConfig preset(String name) {
    return preset.apply(name);
  }
}
