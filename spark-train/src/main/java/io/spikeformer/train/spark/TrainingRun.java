package io.spikeformer.train.spark;

import io.spikeformer.common.UserException;
import io.spikeformer.data.shard.ShardSet;
import io.spikeformer.data.spark.Broadcasts;
import io.spikeformer.data.storage.Storage;
import io.spikeformer.eval.spark.ExecutorArithmetic;
import io.spikeformer.model.KernelProvider;
import io.spikeformer.model.block.ParameterLayout;
import io.spikeformer.model.optim.Schedule;
import io.spikeformer.train.EpochPlan;
import io.spikeformer.train.OuterStep;
import io.spikeformer.train.Progress;
import io.spikeformer.train.Snapshots;
import io.spikeformer.train.StartingPoint;
import io.spikeformer.train.output.CheckpointStore;
import io.spikeformer.train.output.OutputFolder;
import io.spikeformer.train.output.OutputLock;
import io.spikeformer.train.output.StorageRetries;
import io.spikeformer.train.recipe.Recipe;
import io.spikeformer.train.recipe.Transport;
import io.spikeformer.train.spark.averaging.DifferenceCoding;
import io.spikeformer.train.spark.averaging.KeptMoments;
import io.spikeformer.train.spark.averaging.OwnStates;
import io.spikeformer.train.spark.averaging.SliceLayout;
import io.spikeformer.train.spark.averaging.WorkerMemory;
import io.spikeformer.train.spark.cluster.ClusterWatch;
import io.spikeformer.train.spark.worker.ReplicaPool;
import io.spikeformer.train.spark.worker.ReplicaSpec;
import io.spikeformer.train.spark.worker.TaskLimits;
import io.spikeformer.train.teacher.TeacherIdentity;
import io.spikeformer.train.teacher.TeacherNeed;
import io.spikeformer.train.watch.RunFacts;
import io.spikeformer.train.watch.Watch;
import java.util.List;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;

/**
 * A whole training on Spark: rounds, validation after each epoch, checkpoints, metrics, resume.
 *
 * <p>The result is a pure function of (recipe, data, arithmetic, version): it depends neither on
 * the number of executors nor on retries, speculation or where the training was interrupted. {@link
 * ArithmeticGuard} watches the arithmetic: threads, kernels, vectors, instruction sets.
 */
public final class TrainingRun {
  private final JavaSparkContext spark;
  private final Recipe recipe;
  private final TrainingOptions options;
  private final Progress progress;
  private final OutputFolder output;
  private final CheckpointStore store;
  private final String trainingSplit;
  private final EpochPlan plan;
  private final Snapshots snapshots;
  private final Validator validator;
  private final TeacherIdentity teacher;
  private final TeacherNeed teacherNeed;
  private final List<Path> found;
  private final SliceLayout layout;
  private final RunFacts facts;

  /** Given up once the rounds begin: nobody needs the first state then, and it is large. */
  private StartingPoint start;

  /**
   * Prepares a training; nothing is written yet.
   *
   * @throws RuntimeException in one line if data, recipe and output folder do not fit together
   */
  public TrainingRun(
      JavaSparkContext spark,
      Recipe recipe,
      TrainingPlaces places,
      TrainingOptions options,
      Progress progress) {
    Configuration hadoop = spark.hadoopConfiguration();
    this.spark = spark;
    this.recipe = recipe;
    this.options = options;
    this.progress = progress;
    this.output = new OutputFolder(places.output(), hadoop);
    this.store = output.checkpoints(recipe.checkpoint().keep());
    requireSteadyExecutors();
    if (spark.isLocal()) {
      KernelProvider.requireRunnable(options.kernels());
    }
    TrainingInputs inputs = TrainingInputs.of(recipe, places, options, hadoop, progress::warning);
    this.trainingSplit = inputs.shards().location();
    this.plan = inputs.plan();
    this.validator = ValidationJob.of(spark, recipe, inputs.validation(), places, options);
    this.teacher = inputs.data().teacher();
    this.teacherNeed = inputs.teacher() == null ? null : inputs.teacher().need();
    List<String> classes = recipe.toTask().names(inputs.shards().manifest().classes());
    this.found = inputs.files();
    String validation = inputs.validation() == null ? null : inputs.validation().location();
    this.facts = RunFacts.ofThisProcess(trainingSplit, inputs.data(), validation);
    this.start =
        inputs.reached().orElseGet(() -> StartingPoint.fresh(recipe, classes, hadoop, progress));
    this.layout = SliceLayout.of(start.modelLength(), recipe.averaging().workers());
    this.snapshots = new Snapshots(recipe, inputs.data().text(), start.modelLength(), classes);
  }

  /**
   * Looks at the places of data and output before Spark is started.
   *
   * @throws RuntimeException in one line if one of them cannot be used
   */
  public static void requirePlaces(
      TrainingPlaces places, TrainingOptions options, Configuration hadoop) {
    TrainingInputs.requirePlaces(places, options, hadoop, warning -> {});
    ShardSet.open(places.train(), hadoop);
    if (places.validation() != null) {
      ShardSet.open(places.validation(), hadoop);
    }
  }

  private void requireSteadyExecutors() {
    if (!recipe.averaging().elastic()
        && spark.getConf().getBoolean("spark.dynamicAllocation.enabled", false)) {
      throw new UserException(
          "averaging elastic: expected true with spark.dynamicAllocation.enabled=true, found false;"
              + " set averaging.elastic=true or switch dynamic allocation off");
    }
  }

  /**
   * Trains to the end of the last epoch; once.
   *
   * @throws UserException in one line if the executors have too little memory, before anything is
   *     written; or if the loss or a gradient stops being finite, with round, step and the last
   *     good checkpoint; or if Spark gives a job up, with round and the last good checkpoint
   */
  public TrainingResult run() {
    String run = UUID.randomUUID().toString();
    Broadcast<SerializableConfiguration> hadoop =
        spark.broadcast(new SerializableConfiguration(spark.hadoopConfiguration()));
    int workers = recipe.averaging().workers();
    int threads = options.threads() > 0 ? options.threads() : TaskLimits.threads(spark, workers);
    ReplicaSpec spec =
        new ReplicaSpec(
            run,
            ReplicaSpec.BUILD.here(),
            recipe.toYaml(),
            trainingSplit,
            teacher,
            options.kernels(),
            threads,
            options.readerThreads(),
            hadoop);
    try (OutputLock lock = TrainingInputs.lock(output, options, progress::warning);
        ClusterWatch cluster = ClusterWatch.start(spark, progress)) {
      List<ExecutorArithmetic> executors = executors(spec, cluster);
      ArithmeticGuard arithmetic = arithmetic(executors);
      lock.acquire();
      requireUnchanged();
      store.discardUnfinished();
      StorageRetries retries = new StorageRetries(spark.hadoopConfiguration(), progress::warning);
      retries.run(
          () -> {
            output.writeRecipe(recipe);
            return recipe;
          });
      try (Watch watch = watch();
          Rounds rounds =
              rounds(
                  new Averaging(spark, spec, recipe, layout, coding(), OuterStep.of(recipe)),
                  hadoop)) {
        watch.started(
            new Progress.Plan(
                plan.length(),
                workers,
                threads,
                start.position().epoch(),
                start.position().round()));
        cluster.tell(watch);
        EpochLoop loop =
            new EpochLoop(
                recipe,
                plan,
                rounds,
                validator,
                new Records(output, store, snapshots, watch, lock, retries),
                arithmetic,
                cluster,
                start);
        start = null;
        return run(loop, watch);
      }
    } finally {
      ReplicaPool.ofThisJvm().end(run);
      // after Ctrl-C Spark is gone, and what it held
      if (!spark.sc().isStopped()) {
        Broadcasts.destroy(hadoop);
      }
    }
  }

  /** What the executors compute with, if they have the memory; the first job of a training. */
  private List<ExecutorArithmetic> executors(ReplicaSpec spec, ClusterWatch cluster) {
    try {
      return TrainingMemory.require(spark, recipe, teacherNeed, validator, spec);
    } catch (Exception failure) {
      if (cluster.gone().isPresent()) {
        SparkConf conf = spark.getConf();
        throw new UserException(
            failure,
            "the training has not begun: %s; expected executors with %s of memory and %s core(s);"
                + " look whether the cluster has workers with as much to give",
            cluster.gone().get(),
            conf.get("spark.executor.memory", "1g"),
            conf.get("spark.executor.cores", conf.get("spark.task.cpus", "1")));
      }
      throw failure;
    }
  }

  private Watch watch() {
    Storage storage = new Storage(spark.hadoopConfiguration());
    return new Watch(output, storage, recipe, start, facts, progress);
  }

  private ArithmeticGuard arithmetic(List<ExecutorArithmetic> executors) {
    return start.position().epoch() < plan.length().epochs()
        ? ArithmeticGuard.begin(options.otherArithmetic(), progress, start, executors)
        : ArithmeticGuard.atTheEnd(start);
  }

  /** Between the look at the folder and the lock another run may have come and gone. */
  private void requireUnchanged() {
    if (!store.files().equals(found)) {
      throw new UserException(
          "output %s: expected the checkpoints of a moment ago, found others: another run has"
              + " just written there; start again",
          output.path());
    }
  }

  private Rounds rounds(Averaging averaging, Broadcast<SerializableConfiguration> hadoop) {
    if (!recipe.averaging().delayed()) {
      return new RoundRunner(averaging, memory(hadoop), start.state());
    }
    OwnStates own = new OwnStates(spark, hadoop, averaging.workers(), layout);
    if (!start.workerMoments().isEmpty()) {
      own.continueFrom(workerFiles(), start.workerMoments());
    }
    Schedule schedule = recipe.schedule().toSchedule(plan.steps(), recipe.samplesPerStep());
    return new DelayedRounds(averaging, schedule, own, start.state());
  }

  /** The form in which differences travel; null if values do, or bfloat16 to the mean alone. */
  private DifferenceCoding coding() {
    Transport form = recipe.averaging().form();
    return form.isQuantised()
        ? new DifferenceCoding(
            ParameterLayout.of(recipe.model().toConfig()), form.bits(), recipe.seed())
        : null;
  }

  private WorkerMemory memory(Broadcast<SerializableConfiguration> hadoop) {
    int workers = recipe.averaging().workers();
    if (!recipe.averaging().keepsFiles()) {
      return new WorkerMemory.None(spark, workers);
    }
    KeptMoments kept =
        new KeptMoments(spark, hadoop, workers, layout, start.state().values().length);
    if (!start.workerMoments().isEmpty()) {
      kept.continueFrom(workerFiles(), start.workerMoments());
    }
    return kept;
  }

  private Path workerFiles() {
    return store.workerMoments(start.position()).path();
  }

  private static TrainingResult run(EpochLoop loop, Watch watch) {
    try {
      return loop.run();
    } catch (Throwable failure) {
      try {
        watch.stopped(failure);
      } catch (RuntimeException | Error unrecorded) {
        // without memory even that may fail
        failure.addSuppressed(unrecorded);
      }
      throw failure;
    }
  }
}
