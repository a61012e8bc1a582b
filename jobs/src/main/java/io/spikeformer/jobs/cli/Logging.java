package io.spikeformer.jobs.cli;

import io.spikeformer.common.Text;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;

/** Makes the logging of a job the same however it was started. */
public final class Logging {
  private static final String[] CHOSEN_BY_USER = {
    "log4j2.configurationFile", "log4j.configurationFile"
  };

  private static final String TASK_FAILURES = "org.apache.spark.scheduler.TaskSetManager";

  private Logging() {}

  /**
   * Takes log4j2.properties from the class path (the one of Spark's conf folder before the one in
   * the job jar). The reason is that spark-submit has set up Spark's own defaults by the time a job
   * starts.
   */
  public static void configure() {
    for (String property : CHOSEN_BY_USER) {
      if (System.getProperty(property) != null) {
        return;
      }
    }
    URL configuration = Logging.class.getResource("/log4j2.properties");
    if (configuration != null) {
      Configurator.reconfigure(uri(configuration));
    }
  }

  /**
   * Leaves the failure of a task to the command's own error line, for masters that try no task
   * twice; elsewhere the log tells which attempt failed on which host.
   */
  static void hideTaskFailures() {
    Configurator.setLevel(TASK_FAILURES, Level.OFF);
  }

  private static URI uri(URL url) {
    try {
      return url.toURI();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(Text.format("class path entry that is no URI: %s", url), e);
    }
  }
}
