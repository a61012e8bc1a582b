package io.spikeformer.data.spark;

import java.util.function.Supplier;
import org.apache.spark.api.java.JavaSparkContext;

/** The description of a thread's jobs on Spark's web page and in its event log. */
public final class JobDescription {
  private static final String GROUP = "spark.jobGroup.id";
  private static final String DESCRIPTION = "spark.job.description";

  private JobDescription() {}

  /**
   * Describes the jobs that some work of the calling thread starts. Work within work adds its text
   * to the outer one's: "validation after epoch 3: evaluate 10000 samples".
   *
   * @param group jobs that belong together, for example training
   * @param text what they do
   * @param work starts the jobs
   * @return what the work returns
   */
  public static <T> T during(JavaSparkContext spark, String group, String text, Supplier<T> work) {
    String outerGroup = spark.getLocalProperty(GROUP);
    String outerText = spark.getLocalProperty(DESCRIPTION);
    spark.setLocalProperty(GROUP, outerGroup == null ? group : outerGroup);
    spark.setLocalProperty(DESCRIPTION, outerText == null ? text : outerText + ": " + text);
    try {
      return work.get();
    } finally {
      spark.setLocalProperty(GROUP, outerGroup);
      spark.setLocalProperty(DESCRIPTION, outerText);
    }
  }
}
