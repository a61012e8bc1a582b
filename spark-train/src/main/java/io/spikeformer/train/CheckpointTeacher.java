package io.spikeformer.train;

import io.spikeformer.data.EventConfig;
import io.spikeformer.data.InputConfig;
import io.spikeformer.model.NetworkConfig;
import io.spikeformer.model.kernel.KernelProvider;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * A teacher in a checkpoint of this project.
 *
 * @param file the checkpoint
 * @param config its architecture, at the T that it answers with
 * @param state parameters and statistics; not copied, not to be changed
 * @param recipe of its training, as YAML, or empty
 */
public record CheckpointTeacher(Path file, NetworkConfig config, float[] state, String recipe)
    implements TeacherFile {

  static CheckpointTeacher read(String place, Configuration hadoop, Consumer<String> warnings) {
    CheckpointStore.Stored found = OutputFolder.find(place, hadoop, warnings);
    return new CheckpointTeacher(
        found.file(),
        found.checkpoint().config(),
        found.checkpoint().state(),
        found.checkpoint().recipe());
  }

  @Override
  public int timesteps() {
    return config.timesteps();
  }

  @Override
  public CheckpointTeacher withTimesteps(int timesteps) {
    return new CheckpointTeacher(file, config.withTimesteps(timesteps), state, recipe);
  }

  @Override
  public String describe() {
    return "%s, T = %d".formatted(config.name(), config.timesteps());
  }

  @Override
  public SortedMap<String, String> settings(String kernels) {
    return new TreeMap<>(
        Map.of("kernels", kernels, "timesteps", Integer.toString(config.timesteps())));
  }

  @Override
  public TeacherNeed need() {
    return new TeacherNeed(config.toJson(), 0);
  }

  @Override
  public void requireAnswers(int classes, InputConfig input, String where) {
    require("classes", classes, config.classes(), where);
    require("channels", input.channels(), config.channels(), where);
    if (input instanceof EventConfig events) {
      require("timesteps", events.timesteps(), config.timesteps(), where);
    }
  }

  @Override
  public Teacher open(String kernels, int threads) {
    return new ModelTeacher(config, state, KernelProvider.create(kernels, threads));
  }
}
