package io.spikeformer.jobs.cli;

import io.spikeformer.data.geometry.Size;
import io.spikeformer.model.config.NetworkConfig;
import java.util.Iterator;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Which published network a command is about, and the size of its images. */
public final class PresetOptions {
  /** Names for --help and for did-you-mean. */
  public static final class Names implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return NetworkConfig.presets().iterator();
    }
  }

  /** Refuses an unknown name as wrong usage. */
  public static final class Converter implements ITypeConverter<NetworkConfig> {
    @Override
    public NetworkConfig convert(String name) {
      if (!NetworkConfig.presets().contains(name)) {
        throw new TypeConversionException(
            "expected one of "
                + String.join(", ", NetworkConfig.presets())
                + ", found '"
                + name
                + "'");
      }
      return NetworkConfig.preset(name);
    }
  }

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--preset",
      required = true,
      paramLabel = "NAME",
      converter = Converter.class,
      completionCandidates = Names.class,
      description = "One of ${COMPLETION-CANDIDATES}.")
  private NetworkConfig preset;

  @Mixin private NetworkOptions differences;

  @Option(
      names = "--width",
      paramLabel = "PX",
      description = "Width of the images, if it is not --size: their height alone then.",
      showDefaultValue = Visibility.NEVER,
      converter = PositiveNumber.class)
  private int width;

  public NetworkConfig config() {
    return Usage.of(spec, () -> differences.apply(preset));
  }

  /** Size of an image. */
  public Size size() {
    int height = differences.size(preset.imageSize());
    return new Size(height, width > 0 ? width : height);
  }
}
