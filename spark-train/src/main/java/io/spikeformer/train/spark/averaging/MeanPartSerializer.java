package io.spikeformer.train.spark.averaging;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import java.util.ArrayList;
import java.util.List;

/**
 * Kryo form of {@link MeanPart}: records have final fields, which Kryo's own serializer cannot set.
 */
public final class MeanPartSerializer extends Serializer<MeanPart> {
  public MeanPartSerializer() {
    super(false, true);
  }

  @Override
  public void write(Kryo kryo, Output output, MeanPart part) {
    output.writeInt(part.slices().length, true);
    output.writeInts(part.slices());
    output.writeInt(part.reports().size(), true);
    part.reports().forEach(report -> report.write(output));
  }

  @Override
  public MeanPart read(Kryo kryo, Input input, Class<MeanPart> type) {
    int[] slices = input.readInts(input.readInt(true));
    List<WorkerReport> reports = new ArrayList<>();
    for (int left = input.readInt(true); left > 0; left--) {
      reports.add(WorkerReport.read(input));
    }
    return new MeanPart(slices, reports);
  }
}
