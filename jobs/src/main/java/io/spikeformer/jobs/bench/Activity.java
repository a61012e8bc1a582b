package io.spikeformer.jobs.bench;

import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** How often the neurons of a benchmark's random network fire. */
public enum Activity {
  /** As often as those of a trained model. */
  TRAINED,
  /** As often as the initial parameters make them: seldom in training, hardly ever in inference. */
  FRESH;

  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Reads the label; another word is wrong usage. */
  public static final class Converter implements ITypeConverter<Activity> {
    @Override
    public Activity convert(String label) {
      for (Activity activity : values()) {
        if (activity.label().equals(label)) {
          return activity;
        }
      }
      throw new TypeConversionException("expected trained or fresh, found '" + label + "'");
    }
  }
}
