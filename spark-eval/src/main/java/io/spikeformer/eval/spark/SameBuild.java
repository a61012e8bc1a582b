package io.spikeformer.eval.spark;

import io.spikeformer.common.Build;
import io.spikeformer.common.UserException;
import io.spikeformer.data.shard.ManifestFormat;
import io.spikeformer.data.spark.JobDescription;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.tasks.Task;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;

/**
 * Sees to it that executors run the driver's build. Where jars are put on the hosts by hand, one of
 * them may be older, and would compute otherwise without a word.
 */
public final class SameBuild {
  private static final List<String> OTHER_CLASSES =
      Stream.of(
              ClassNotFoundException.class,
              NoClassDefFoundError.class,
              NoSuchMethodError.class,
              java.io.InvalidClassException.class)
          .map(Class::getName)
          .toList();

  private SameBuild() {}

  /**
   * The build that this process runs.
   *
   * @param asking a class of the module that asks
   */
  public static String here(Class<?> asking) {
    return Build.of(
        UserException.class,
        NetworkConfig.class,
        ManifestFormat.class,
        Task.class,
        SameBuild.class,
        asking);
  }

  /**
   * Lets a task go ahead.
   *
   * @param expected the driver's build
   * @throws UserException in one line if this process runs another one
   */
  public static void require(String expected, Class<?> asking) {
    String found = here(asking);
    if (!found.equals(expected)) {
      throw new UserException(
          "executor on %s: expected build %s as on the driver, found %s; give every executor the"
              + " driver's jar",
          SparkEnv.get().blockManager().blockManagerId().host(), expected, found);
    }
  }

  /**
   * Asks the executors in a job of its own.
   *
   * @param tasks of the job to come
   * @throws UserException in one line if an executor runs another build
   */
  static void require(JavaSparkContext spark, int tasks, Class<?> asking) {
    if (spark.isLocal()) {
      return;
    }
    Question question = new Question(here(asking), asking);
    List<Integer> indices = IntStream.range(0, tasks).boxed().toList();
    try {
      JobDescription.during(
              spark,
              "build",
              "build of the executors",
              () -> spark.parallelize(indices, tasks).map(question).collect())
          .stream()
          .filter(answer -> !answer.isEmpty())
          .findFirst()
          .ifPresent(
              refusal -> {
                throw new UserException(refusal);
              });
    } catch (Exception failure) {
      // Spark throws checked exceptions that no method declares
      String told = String.valueOf(failure.getMessage());
      if (OTHER_CLASSES.stream().anyMatch(told::contains)) {
        throw new UserException(
            failure,
            "executors: expected build %s as on the driver, found one without its classes; give"
                + " every executor the driver's jar",
            question.expected());
      }
      throw failure;
    }
  }

  /** Answers with the refusal, or nothing. */
  private record Question(String expected, Class<?> asking) implements Function<Integer, String> {
    private static final long serialVersionUID = 1;

    @Override
    public String call(Integer task) {
      try {
        require(expected, asking);
        return "";
      } catch (UserException other) {
        return other.getMessage();
      }
    }
  }
}
