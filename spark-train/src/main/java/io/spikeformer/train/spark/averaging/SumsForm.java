package io.spikeformer.train.spark.averaging;

import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import io.spikeformer.model.block.FiringCounts;
import io.spikeformer.model.checkpoint.TrainingTally;
import io.spikeformer.train.OptimizerSums;
import io.spikeformer.train.TrainingSums;
import java.util.LinkedHashMap;
import java.util.Map;

/** Kryo form of {@link TrainingSums}. */
final class SumsForm {
  private SumsForm() {}

  static void write(Output output, TrainingSums sums) {
    TrainingTally tally = sums.tally();
    output.writeLong(tally.samples(), true);
    output.writeLong(tally.hits(), true);
    output.writeLong(tally.counted(), true);
    output.writeDouble(tally.lossSum());
    output.writeInt(tally.partSums().size(), true);
    tally
        .partSums()
        .forEach(
            (part, sum) -> {
              output.writeString(part);
              output.writeDouble(sum);
            });
    OptimizerSums optimizer = sums.optimizer();
    output.writeLong(optimizer.steps(), true);
    output.writeDouble(optimizer.gradientNormSum());
    output.writeDouble(optimizer.largestGradientNorm());
    output.writeInt(optimizer.trustRatios().size(), true);
    optimizer
        .trustRatios()
        .forEach(
            (block, ratios) -> {
              output.writeString(block);
              output.writeLong(ratios.count(), true);
              output.writeDouble(ratios.sum());
              output.writeDouble(ratios.smallest());
              output.writeDouble(ratios.largest());
            });
    FiringCounts firing = sums.firing();
    output.writeInt(firing.layers().size(), true);
    for (String layer : firing.layers()) {
      output.writeString(layer);
      output.writeLong(firing.spikes(layer, 0), true);
      output.writeLong(firing.neurons(layer, 0), true);
    }
  }

  static TrainingSums read(Input input) {
    return new TrainingSums(
        new TrainingTally(
            input.readLong(true),
            input.readLong(true),
            input.readLong(true),
            input.readDouble(),
            partSums(input)),
        new OptimizerSums(
            input.readLong(true), input.readDouble(), input.readDouble(), trustRatios(input)),
        firing(input));
  }

  private static Map<String, Double> partSums(Input input) {
    Map<String, Double> sums = new LinkedHashMap<>();
    for (int left = input.readInt(true); left > 0; left--) {
      sums.put(input.readString(), input.readDouble());
    }
    return sums;
  }

  private static Map<String, OptimizerSums.TrustRatios> trustRatios(Input input) {
    Map<String, OptimizerSums.TrustRatios> blocks = new LinkedHashMap<>();
    for (int left = input.readInt(true); left > 0; left--) {
      blocks.put(
          input.readString(),
          new OptimizerSums.TrustRatios(
              input.readLong(true), input.readDouble(), input.readDouble(), input.readDouble()));
    }
    return blocks;
  }

  private static FiringCounts firing(Input input) {
    FiringCounts counts = new FiringCounts(1);
    for (int left = input.readInt(true); left > 0; left--) {
      counts.addSums(input.readString(), 0, input.readLong(true), input.readLong(true));
    }
    return counts;
  }
}
