package io.spikeformer.jobs.bench;

import io.spikeformer.common.Text;
import io.spikeformer.jobs.bench.KernelTimes.Kind;
import io.spikeformer.jobs.bench.KernelTimes.Share;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The parts of a training step, or of an inference.
 *
 * @param seconds of a step, mean
 * @param shares time of each kind of work
 * @param peak rate of a large dense product in the step's number format, in GFLOP/s
 */
record StepProfile(double seconds, Map<Kind, Share> shares, double peak) {
  private static final double MILLI = 1e3;
  private static final double PERCENT = 100;

  /** Rate at which the step gets through its products, in GFLOP/s of dense products. */
  double rate() {
    return shares.values().stream().mapToDouble(Share::gigaflop).sum() / seconds;
  }

  /**
   * A table for people.
   *
   * @param step what was timed, for example a training step
   */
  String text(String step) {
    StringBuilder text = new StringBuilder();
    text.append(Text.format("%s: %.1f ms%n", step, MILLI * seconds));
    shares.values().forEach(share -> text.append(line(share)));
    text.append(
        Text.format(
            "products: %.0f GFLOP/s over the whole, %.0f %% of the %.0f GFLOP/s of a large dense"
                + " product",
            rate(), PERCENT * rate() / peak, peak));
    return text.toString();
  }

  private String line(Share share) {
    String time =
        Text.format(
            "  %-34s %8.1f ms %5.1f %%",
            share.kind().label(), MILLI * share.seconds(), PERCENT * share.seconds() / seconds);
    String rate =
        share.gigaflop() == 0
            ? ""
            : Text.format("%8.0f GFLOP/s", share.gigaflop() / share.seconds());
    return time + rate + System.lineSeparator();
  }

  /** The same for programs. */
  Map<String, ?> json() {
    Map<String, Object> work = new LinkedHashMap<>();
    shares.forEach((kind, share) -> work.put(kind.label(), json(share)));
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("stepSeconds", seconds);
    object.put("work", work);
    object.put("gigaflopsPerSecond", rate());
    object.put("peakGigaflopsPerSecond", peak);
    return object;
  }

  private static Map<String, ?> json(Share share) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("seconds", share.seconds());
    object.put("gigaflop", share.gigaflop());
    return object;
  }
}
