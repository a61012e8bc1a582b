package io.spikeformer.jobs.infer;

import io.spikeformer.common.Text;
import io.spikeformer.data.sample.Rejection;
import io.spikeformer.eval.Expansion;
import io.spikeformer.model.config.NetworkConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A finished inference.
 *
 * @param rejected images without an answer
 * @param ignored hidden files that were passed over
 * @param expansion how the run of a chip compares; empty of the usual run
 */
record FinishedInference(
    NetworkConfig config,
    Answers answers,
    List<Rejection> rejected,
    int ignored,
    Optional<Expansion> expansion) {
  private static final int MOST_LINES = 20;

  /**
   * For people.
   *
   * @param target place of the output, as the user gave it; null for standard output
   */
  String text(String target) {
    List<String> lines = new ArrayList<>(answers.lines());
    int images = answers.count();
    lines.add(
        Text.format(
            "%s%d %s of %s at T = %d, %d classes%s",
            target == null ? "" : target + ": ",
            images,
            images == 1 ? "image" : "images",
            config.name(),
            config.timesteps(),
            config.classes(),
            left()));
    expansion.ifPresent(each -> lines.add(each.text()));
    rejected.stream()
        .limit(MOST_LINES)
        .forEach(file -> lines.add("rejected " + file.path() + ": " + file.reason()));
    int more = rejected.size() - MOST_LINES;
    if (more > 0) {
      lines.add("and " + more + " more rejected; --json lists all");
    }
    return String.join(System.lineSeparator(), lines);
  }

  private String left() {
    int without = rejected.size();
    return (without > 0 ? "; " + without + " rejected" : "")
        + (ignored > 0 ? "; " + ignored + " hidden files ignored" : "");
  }

  /** For programs. */
  Map<String, ?> json() {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("model", config.name());
    object.put("timesteps", config.timesteps());
    object.putAll(answers.json());
    object.put("rejected", PredictionFormat.rejected(rejected));
    object.put("ignored", ignored);
    expansion.ifPresent(each -> object.put("expansion", each));
    return object;
  }
}
