package io.spikeformer.benchmarks;

import io.spikeformer.common.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.spark.api.RDDTrainingApproach;
import org.deeplearning4j.spark.api.Repartition;
import org.deeplearning4j.spark.api.stats.SparkTrainingStats;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingMaster;
import org.deeplearning4j.spark.impl.paramavg.stats.ParameterAveragingTrainingMasterStats;
import org.deeplearning4j.spark.impl.paramavg.stats.ParameterAveragingTrainingWorkerStats;
import org.deeplearning4j.spark.stats.EventStats;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/**
 * The peer of benchmarks/averaging-dl4j.py: rounds of DL4J's parameter averaging, one local step of
 * one sample each, with Adam's two moments averaged. Prints one line "round SECONDS LOCAL" for each
 * round, from DL4J's own statistics: the round from the broadcast's creation to the mean set, and
 * the slowest worker from the broadcast at hand to its result.
 *
 * <p>Between rounds, outside of what is measured, driver and executors collect garbage: DL4J leaves
 * each round's broadcast and arrays outside the heap to the collector.
 */
public final class ParameterAveraging {
  private static final int MOST_OUTPUTS = 64;

  private ParameterAveraging() {}

  /** Arguments: workers, parameters, rounds, depth of the aggregation. */
  public static void main(String[] arguments) throws InterruptedException {
    int workers = Integer.parseInt(arguments[0]);
    long parameters = Long.parseLong(arguments[1]);
    int rounds = Integer.parseInt(arguments[2]);
    int depth = Integer.parseInt(arguments[3]);
    try (JavaSparkContext spark =
        new JavaSparkContext(new SparkConf().setAppName("DL4J parameter averaging"))) {
      Shape shape = Shape.of(parameters);
      SparkDl4jMultiLayer network =
          new SparkDl4jMultiLayer(spark, network(shape), master(workers, depth));
      if (network.getNetwork().numParams() != parameters) {
        throw new IllegalStateException(Text.format("expected %s parameters, found %s","
            + " parameters, network.getNetwork().numParams()));
      }
      network.setCollectTrainingStats(true);
      List<DataSet> samples = new ArrayList<>();
      for (int worker = 0; worker < workers; worker++) {
        samples.add(new DataSet(row(shape.inputs()), row(shape.outputs())));
      }
      JavaRDD<DataSet> data = spark.parallelize(samples, workers);
      for (int round = 0; round < rounds; round++) {
        network.fit(data);
        report(network.getSparkTrainingStats(), round, workers);
        collectGarbage(spark, workers);
      }
    }
  }

  private static INDArray row(long values) {
    return Nd4j.rand(DataType.FLOAT, 1, values);
  }

  private static ParameterAveragingTrainingMaster master(int workers, int depth) {
    return new ParameterAveragingTrainingMaster.Builder(workers, 1)
        .batchSizePerWorker(1)
        .averagingFrequency(1)
        .saveUpdater(true)
        .aggregationDepth(depth)
        .rddTrainingApproach(RDDTrainingApproach.Direct)
        .repartionData(Repartition.Never)
        .workerPrefetchNumBatches(0)
        .storageLevel(null)
        .rngSeed(1)
        .build();
  }

  private static MultiLayerNetwork network(Shape shape) {
    MultiLayerConfiguration configuration =
        new NeuralNetConfiguration.Builder()
            .seed(1)
            .updater(new Adam(1e-4))
            .list()
            .layer(
                new DenseLayer.Builder()
                    .nIn(shape.inputs())
                    .nOut(shape.hidden())
                    .hasBias(false)
                    .activation(Activation.TANH)
                    .build())
            .layer(
                new OutputLayer.Builder(LossFunctions.LossFunction.MSE)
                    .nIn(shape.hidden())
                    .nOut(shape.outputs())
                    .activation(Activation.IDENTITY)
                    .build())
            .build();
    MultiLayerNetwork network = new MultiLayerNetwork(configuration);
    network.init();
    return network;
  }

  /** Two layers with exactly a number of parameters, nearly all of them in the first. */
  private record Shape(long inputs, long hidden, long outputs) {
    /** inputs * hidden + hidden * outputs + outputs = parameters. */
    static Shape of(long parameters) {
      for (long hidden = (long) Math.sqrt(parameters); hidden > MOST_OUTPUTS; hidden--) {
        long outputs = parameters % hidden;
        if (outputs > 0 && outputs <= MOST_OUTPUTS) {
          return new Shape(parameters / hidden - outputs, hidden, outputs);
        }
      }
      throw new IllegalArgumentException(Text.format("parameters: expected some thousands or"
          + " more, found %s", parameters));
    }
  }

  private static void report(SparkTrainingStats stats, int round, int workers) {
    double seconds =
        stats
                .getValue(
                    ParameterAveragingTrainingMasterStats
                        .PARAMETER_AVERAGING_MASTER_MAP_PARTITIONS_TIMES_MS)
                .get(round)
                .getDurationMs()
            / 1e3;
    List<EventStats> starts =
        last(
            stats,
            ParameterAveragingTrainingWorkerStats.PARAMETER_AVERAGING_WORKER_INIT_TIME_MS,
            workers);
    List<EventStats> steps =
        last(
            stats,
            ParameterAveragingTrainingWorkerStats.PARAMETER_AVERAGING_WORKER_FIT_TIMES_MS,
            workers);
    double slowest = 0;
    for (int i = 0; i < workers; i++) {
      if (!starts.get(i).getJvmID().equals(steps.get(i).getJvmID())) {
        throw new IllegalStateException(Text.format("expected the phases of one worker, found"
            + " those of %s and %s", starts.get(i).getJvmID(), steps.get(i).getJvmID()));
      }
      slowest =
          Math.max(slowest, (starts.get(i).getDurationMs() + steps.get(i).getDurationMs()) / 1e3);
    }
    System.out.printf(Locale.ROOT, "round %.3f %.3f%n", seconds, slowest);
    System.err.println(stats.statsAsString());
  }

  private static List<EventStats> last(SparkTrainingStats stats, String key, int workers) {
    List<EventStats> all = stats.getValue(key);
    return all.subList(all.size() - workers, all.size());
  }

  private static void collectGarbage(JavaSparkContext spark, int workers)
      throws InterruptedException {
    System.gc();
    Thread.sleep(1000); // Spark's cleaner tells the executors what the driver no longer refers to
    spark
        .parallelize(IntStream.range(0, workers).boxed().toList(), workers)
        .foreach(worker -> System.gc());
  }
}
