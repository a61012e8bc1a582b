package io.spikeformer.jobs.model;

import io.spikeformer.common.Text;
import io.spikeformer.jobs.cli.TextTable;
import io.spikeformer.model.block.ParameterLayout;
import io.spikeformer.model.checkpoint.Arithmetic;
import io.spikeformer.model.checkpoint.Checkpoint;
import io.spikeformer.model.checkpoint.TrainingPosition;
import io.spikeformer.model.config.NetworkConfig;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.hadoop.fs.Path;

/**
 * A checkpoint's description of its training, and the digests of its content.
 *
 * @param file where it lies
 * @param checkpoint the checkpoint
 */
record CheckpointSummary(Path file, Checkpoint checkpoint) {
  private static final String NONE = "none";

  /** One line a fact. */
  String text() {
    NetworkConfig config = checkpoint.config();
    TrainingPosition position = checkpoint.position();
    TextTable table = new TextTable(2, "checkpoint", file.toString());
    table.row(
        "architecture",
        Text.format(
            "%s, T = %d, %s, %s head",
            config.name(), config.timesteps(), config.precision().label(), config.head().label()));
    table.row(
        "parameters",
        Text.format(
            "%,d, with statistics %,d",
            ParameterLayout.of(config).trainable(), checkpoint.state().length));
    table.row(
        "classes",
        config.classes() + (checkpoint.classes().isEmpty() ? ", without names" : ", with names"));
    table.row(
        "position",
        Text.format(
            "after epoch %d, round %d of the next, step %d",
            position.epoch(), position.round(), position.step()));
    table.row("training data", checkpoint.data().isEmpty() ? NONE : checkpoint.data());
    Arithmetic arithmetic = checkpoint.arithmetic();
    table.row("arithmetic", arithmetic == null ? "unknown" : arithmetic.toString());
    table.row("state SHA-256", checkpoint.stateSha256());
    table.row("moments SHA-256", checkpoint.momentsSha256().orElse(NONE));
    checkpoint.outerSha256().ifPresent(digest -> table.row("outer momentum SHA-256", digest));
    return table.toString();
  }

  /** The same for programs. */
  Map<String, ?> json() {
    TrainingPosition at = checkpoint.position();
    Map<String, Object> position = new LinkedHashMap<>();
    position.put("epoch", at.epoch());
    position.put("round", at.round());
    position.put("step", at.step());
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("file", file.toString());
    object.put("classes", checkpoint.config().classes());
    object.put("classNames", checkpoint.classes());
    object.put("head", checkpoint.config().head().label());
    object.put("stateValues", checkpoint.state().length);
    object.put("position", position);
    object.put("data", checkpoint.data());
    object.put("arithmetic", checkpoint.arithmetic());
    object.put("stateSha256", checkpoint.stateSha256());
    object.put("momentsSha256", checkpoint.momentsSha256().orElse(null));
    object.put("outerSha256", checkpoint.outerSha256().orElse(null));
    return object;
  }
}
