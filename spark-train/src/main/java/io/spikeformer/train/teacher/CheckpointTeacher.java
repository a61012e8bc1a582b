package io.spikeformer.train.teacher;

import io.spikeformer.common.StorageException;
import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.batch.EventConfig;
import io.spikeformer.data.batch.InputConfig;
import io.spikeformer.data.storage.Checksums;
import io.spikeformer.data.storage.Storage;
import io.spikeformer.model.KernelProvider;
import io.spikeformer.model.checkpoint.Checkpoint;
import io.spikeformer.model.checkpoint.CheckpointFormat;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.tasks.Tasks;
import io.spikeformer.train.recipe.RecipeReader;
import java.io.IOException;
import java.io.InputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * A teacher in a checkpoint of this project.
 *
 * @param file the checkpoint
 * @param sha256 of its bytes, in lower-case hexadecimal
 * @param config its architecture, at the T that it answers with
 * @param classes names of its classes, in the order of its logits; empty if unknown
 * @param state parameters and statistics; not copied, not to be changed
 * @param recipe of its training, as YAML, or empty
 */
public record CheckpointTeacher(
    Path file,
    String sha256,
    NetworkConfig config,
    List<String> classes,
    float[] state,
    String recipe)
    implements TeacherFile {

  /** Reads a checkpoint and its checksum in one pass, so that both are of the same content. */
  static CheckpointTeacher read(Path file, Configuration hadoop) {
    Storage storage = new Storage(hadoop);
    MessageDigest digest = Checksums.sha256();
    long length =
        storage
            .status(file)
            .orElseThrow(() -> new UserException("teacher %s: no such file", file))
            .getLen();
    try (InputStream in = new DigestInputStream(storage.open(file), digest)) {
      Checkpoint checkpoint = CheckpointFormat.read(in, length, file.toString());
      return new CheckpointTeacher(
          file,
          Checksums.text(digest.digest()),
          checkpoint.config(),
          checkpoint.classes(),
          checkpoint.state(),
          checkpoint.recipe());
    } catch (IOException failure) {
      throw new StorageException(
          failure, "teacher %s: cannot be read: %s", file, failure.getMessage());
    }
  }

  @Override
  public int timesteps() {
    return config.timesteps();
  }

  @Override
  public CheckpointTeacher withTimesteps(int timesteps) {
    return new CheckpointTeacher(
        file, sha256, config.withTimesteps(timesteps), classes, state, recipe);
  }

  @Override
  public String describe() {
    return Text.format("%s, T = %d", config.name(), config.timesteps());
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
    require("task", Tasks.CLASSIFICATION, RecipeReader.taskOf(recipe), where);
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
