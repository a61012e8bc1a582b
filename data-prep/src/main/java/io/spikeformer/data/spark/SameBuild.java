package io.spikeformer.data.spark;

import io.spikeformer.common.Build;
import io.spikeformer.common.UserException;
import java.io.InvalidClassException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;

/**
 * Sees to it that executors run the driver's build. Where jars are put on the hosts by hand, one of
 * them may be older, and would compute otherwise without a word.
 *
 * @param members a class of each module whose build counts, besides those of this package
 */
public record SameBuild(List<Class<?>> members) {
  private static final List<String> OTHER_CLASSES =
      Stream.of(
              ClassNotFoundException.class,
              NoClassDefFoundError.class,
              NoSuchMethodError.class,
              InvalidClassException.class)
          .map(Class::getName)
          .toList();

  /** With a class of each module; hidden classes, as of lambdas, do not travel. */
  public static SameBuild of(Class<?>... members) {
    List<Class<?>> all = new ArrayList<>(List.of(UserException.class, SameBuild.class));
    all.addAll(List.of(members));
    return new SameBuild(all);
  }

  /** The build that this process runs. */
  public String here() {
    return Build.of(members);
  }

  /**
   * Lets a task go ahead.
   *
   * @param expected the driver's build
   * @throws UserException in one line if this process runs another one
   */
  public void require(String expected) {
    String found = here();
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
  public void require(JavaSparkContext spark, int tasks) {
    if (spark.isLocal()) {
      return;
    }
    String expected = here();
    List<Integer> indices = IntStream.range(0, tasks).boxed().toList();
    List<String> refusals;
    try {
      refusals =
          JobDescription.during(
              spark,
              "build",
              "build of the executors",
              () ->
                  spark
                      .parallelize(indices, tasks)
                      .map(new Question(expected, members))
                      .filter(answer -> !answer.isEmpty())
                      .collect());
    } catch (Exception failure) {
      // Spark throws checked exceptions that no method declares
      String told = String.valueOf(failure.getMessage());
      if (OTHER_CLASSES.stream().anyMatch(told::contains)) {
        throw new UserException(
            failure,
            "executors: expected build %s as on the driver, found one without its classes; give"
                + " every executor the driver's jar",
            expected);
      }
      throw failure;
    }
    if (!refusals.isEmpty()) {
      throw new UserException(refusals.get(0));
    }
  }

  /** Answers with the refusal, or nothing. */
  private record Question(String expected, List<Class<?>> members)
      implements Function<Integer, String> {
    private static final long serialVersionUID = 1;

    @Override
    public String call(Integer task) {
      try {
        new SameBuild(members).require(expected);
        return "";
      } catch (UserException other) {
        return other.getMessage();
      }
    }
  }
}
