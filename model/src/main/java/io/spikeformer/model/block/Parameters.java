package io.spikeformer.model.block;

import io.spikeformer.model.block.ParameterLayout.Kind;
import io.spikeformer.model.block.ParameterLayout.Part;
import io.spikeformer.model.kernel.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The tensors of a block in the order of declaration, which is their order in the flat state. */
public final class Parameters {
  private final List<Parameter> declared = new ArrayList<>();
  private Part part = Part.BACKBONE;
  private final List<NormalisedConvolution> convolutions = new ArrayList<>();
  private final Set<Parameter> plain = new LinkedHashSet<>();
  private final List<MergedConvolution> chains = new ArrayList<>();

  /**
   * Later declarations belong to this part of the network; the first ones belong to its backbone.
   */
  void begin(Part newPart) {
    part = newPart;
  }

  Parameter weight(String name, long fanIn, Integer... shape) {
    return declare(name, Kind.WEIGHT, Initialisation.KAIMING_UNIFORM, fanIn, shape);
  }

  Parameter bias(String name, long fanIn, int channels) {
    return declare(name, Kind.BIAS, Initialisation.KAIMING_UNIFORM, fanIn, channels);
  }

  Parameter declare(
      String name, Kind kind, InitialValues initialisation, long fanIn, Integer... shape) {
    Parameter parameter = new Parameter(name, kind, part, initialisation, fanIn, List.of(shape));
    declared.add(parameter);
    return parameter;
  }

  void add(NormalisedConvolution convolution) {
    convolutions.add(convolution);
  }

  void add(MergedConvolution chain) {
    chains.add(chain);
  }

  /** The chains that have a merged form. */
  List<MergedConvolution> chains() {
    return chains;
  }

  /** The convolutions that have an inference form. */
  List<NormalisedConvolution> convolutions() {
    return convolutions;
  }

  /** Declares that a product reads these weights as they are, in inference too. */
  void addPlain(Parameter weight) {
    plain.add(weight);
  }

  /** The weights that products read as they are. */
  Set<Parameter> plainWeights() {
    return plain;
  }

  /** All tensors in order. */
  public List<Parameter> all() {
    return List.copyOf(declared);
  }

  /** Elements of all tensors. */
  public long length() {
    return declared.stream().mapToLong(Parameter::length).sum();
  }

  /** Binds every tensor's value to its part of the block's state. */
  public void bindState(Tensor state) {
    long offset = 0;
    for (Parameter parameter : declared) {
      parameter.bindValue(state.slice(offset, parameter.length()));
      offset += parameter.length();
    }
  }

  /** Binds every tensor's gradient to its part of the block's gradient. */
  public void bindGradient(Tensor gradient) {
    long offset = 0;
    for (Parameter parameter : declared) {
      parameter.bindGradient(gradient.slice(offset, parameter.length()));
      offset += parameter.length();
    }
  }
}
