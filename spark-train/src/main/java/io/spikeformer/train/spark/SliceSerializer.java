package io.spikeformer.train.spark;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import io.spikeformer.train.TrainingSums;
import java.util.ArrayList;
import java.util.List;

/**
 * Kryo form of {@link Slice}: records have final fields, which Kryo's own serializer cannot set.
 */
final class SliceSerializer extends Serializer<Slice> {
  SliceSerializer() {
    super(false, true);
  }

  @Override
  public void write(Kryo kryo, Output output, Slice slice) {
    output.writeInt(slice.index(), true);
    output.writeLong(slice.samples(), true);
    output.writeInt(slice.values().length, true);
    output.writeFloats(slice.values());
    output.writeInt(slice.changes().length, true);
    output.writeShorts(slice.changes());
    output.writeInt(slice.reports().size(), true);
    for (WorkerReport report : slice.reports()) {
      output.writeInt(report.worker(), true);
      SumsForm.write(output, report.sums());
      output.writeDouble(report.seconds());
      output.writeDouble(report.dataSeconds());
      output.writeString(report.failure());
    }
  }

  @Override
  public Slice read(Kryo kryo, Input input, Class<Slice> type) {
    int index = input.readInt(true);
    long samples = input.readLong(true);
    float[] values = input.readFloats(input.readInt(true));
    short[] changes = input.readShorts(input.readInt(true));
    int count = input.readInt(true);
    List<WorkerReport> reports = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int worker = input.readInt(true);
      TrainingSums sums = SumsForm.read(input);
      reports.add(
          new WorkerReport(
              worker, sums, input.readDouble(), input.readDouble(), input.readString()));
    }
    return new Slice(index, samples, values, changes, reports);
  }
}
