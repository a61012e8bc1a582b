package io.spikeformer.jobs.evaluate;

import io.spikeformer.common.Text;
import io.spikeformer.eval.energy.FiringRates;
import io.spikeformer.model.config.NetworkConfig;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/**
 * Spikes per input and timestep, above 0 and up to what the neurons of a network can fire; anything
 * else is wrong usage.
 */
final class FiringRate implements ITypeConverter<Double> {
  @Override
  public Double convert(String text) {
    double rate = Picojoules.decimal(text);
    if (!(rate > 0)) {
      throw new TypeConversionException("expected a rate above 0, found '" + text + "'");
    }
    return rate;
  }

  /**
   * Refuses a rate that the neurons of a network cannot have.
   *
   * @throws ParameterException that names the network and its largest rate
   */
  static void require(double rate, NetworkConfig config, CommandSpec spec) {
    if (rate > FiringRates.most(config)) {
      throw new ParameterException(
          spec.commandLine(),
          Text.format(
              "Invalid value for option '--rate': expected a rate above 0 and up to %s, found '%s';"
                  + " neurons of %s fire no more",
              FiringRates.most(config), rate, config.name()));
    }
  }
}
