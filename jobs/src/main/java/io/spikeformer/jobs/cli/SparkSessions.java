package io.spikeformer.jobs.cli;

import io.spikeformer.common.UserException;
import io.spikeformer.train.spark.TrainingConf;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkException;
import org.apache.spark.sql.SparkSession;

/** The one place where a session is configured, for every way to start a job. */
public final class SparkSessions {
  private static final String MASTER = "spark.master";
  private static final String ALL_CORES = "local[*]";
  private static final String REGISTRATOR = "io.spikeformer.train.spark.SpikeformerKryoRegistrator";

  private SparkSessions() {}

  /**
   * Starts a session.
   *
   * <p>What was given before (spark-submit, spark-defaults.conf, --conf) stays, except for the
   * serializer, which the messages between driver and executors need as it is.
   *
   * @param application name in Spark's pages and logs
   * @param options master and threads that the command line asked for
   * @throws RuntimeException in one line if a standalone cluster's master does not answer, or does
   *     not accept the job
   */
  public static RunningSpark start(String application, SparkOptions options) {
    return start(configuration(new SparkConf(), application, options));
  }

  /** Starts a session that converts a dataset; its shuffle is set up for images. */
  public static RunningSpark startConversion(String application, SparkOptions options) {
    return start(conversion(configuration(new SparkConf(), application, options)));
  }

  /** Starts a session that trains, see {@link #start} and {@link TrainingConf}. */
  public static RunningSpark startTraining(String application, SparkOptions options) {
    return start(TrainingConf.fill(configuration(new SparkConf(), application, options)));
  }

  private static RunningSpark start(SparkConf conf) {
    if (triesNoTaskTwice(conf)) {
      Logging.hideTaskFailures();
    }
    String master = conf.get(MASTER);
    return StandaloneMasters.areIn(master)
        ? startOn(new StandaloneMasters(master), conf)
        : new RunningSpark(SparkSession.builder().config(conf).getOrCreate());
  }

  private static RunningSpark startOn(StandaloneMasters masters, SparkConf conf) {
    masters.requireReachable();
    RunningSpark spark;
    try {
      spark = new RunningSpark(SparkSession.builder().config(conf).getOrCreate());
    } catch (IllegalArgumentException wrongSetting) {
      throw wrongSetting;
    } catch (Exception failure) {
      // Scala declares nothing
      if (failure instanceof SparkException) {
        throw new UserException(failure, "Spark does not start: %s", failure.getMessage());
      }
      throw masters.refused(failure);
    }
    if (masters.haveRefused(spark.session().sparkContext())) {
      spark.close();
      throw masters.refused(null);
    }
    return spark;
  }

  /** local and local[N], but not local[N,F], which allows F failures. */
  private static boolean triesNoTaskTwice(SparkConf conf) {
    return runsInThisProcess(conf) && !conf.get(MASTER).contains(",");
  }

  private static boolean runsInThisProcess(SparkConf conf) {
    String master = conf.get(MASTER);
    return master.equals("local") || master.startsWith("local[");
  }

  /** Fills in what a configuration leaves open. */
  public static SparkConf configuration(SparkConf given, String application, SparkOptions options) {
    SparkConf conf = given.clone();
    options.master().ifPresent(conf::setMaster);
    conf.setIfMissing(MASTER, ALL_CORES);
    conf.setIfMissing("spark.app.name", application);
    options.threads().ifPresent(threads -> conf.set("spark.task.cpus", Integer.toString(threads)));
    if (runsInThisProcess(conf)) {
      conf.setIfMissing("spark.ui.enabled", "false");
      conf.setIfMissing("spark.driver.host", "localhost");
    }
    conf.set("spark.serializer", "org.apache.spark.serializer.KryoSerializer");
    conf.set("spark.kryo.registrationRequired", "true");
    conf.set("spark.kryo.registrator", REGISTRATOR);
    conf.setIfMissing("spark.kryoserializer.buffer.max", "512m");
    conf.setIfMissing("spark.ui.showConsoleProgress", "false");
    // an executor without it would read names of files as ASCII
    conf.setIfMissing("spark.executorEnv.LC_ALL", "C.UTF-8");
    return conf;
  }

  /** Fills in what a shuffle of compressed files is best done with. */
  public static SparkConf conversion(SparkConf conf) {
    conf.setIfMissing("spark.shuffle.compress", "false");
    conf.setIfMissing("spark.shuffle.spill.compress", "false");
    // a task writes one file sorted by shard, not one file a shard which it then puts together
    conf.setIfMissing("spark.shuffle.sort.bypassMergeThreshold", "1");
    return conf;
  }
}
