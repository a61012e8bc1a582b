package io.spikeformer.train.spark.averaging;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.storage.BlockManagerId;
import scala.Option;

/**
 * Kryo form of {@link MeanPart}: records have final fields, which Kryo's own serializer cannot set.
 */
public final class MeanPartSerializer extends Serializer<MeanPart> {
  public MeanPartSerializer() {
    super(false, true);
  }

  @Override
  public void write(Kryo kryo, Output output, MeanPart part) {
    output.writeInt(part.index(), true);
    output.writeBoolean(part.formed());
    BlockManagerId place = part.holder().place();
    output.writeString(place.executorId());
    output.writeString(place.host());
    output.writeInt(place.port(), true);
    output.writeString(place.topologyInfo().getOrElse(() -> null));
    output.writeInt(part.holder().folders().length, true);
    for (String folder : part.holder().folders()) {
      output.writeString(folder);
    }
    output.writeInt(part.holder().change(), true);
    output.writeInt(part.reports().size(), true);
    part.reports().forEach(report -> report.write(output));
  }

  @Override
  public MeanPart read(Kryo kryo, Input input, Class<MeanPart> type) {
    int index = input.readInt(true);
    boolean formed = input.readBoolean();
    BlockManagerId place =
        BlockManagerId.apply(
            input.readString(),
            input.readString(),
            input.readInt(true),
            Option.apply(input.readString()));
    String[] folders = new String[input.readInt(true)];
    for (int i = 0; i < folders.length; i++) {
      folders[i] = input.readString();
    }
    int change = input.readInt(true);
    List<WorkerReport> reports = new ArrayList<>();
    for (int left = input.readInt(true); left > 0; left--) {
      reports.add(WorkerReport.read(input));
    }
    return new MeanPart(index, new Holder(place, folders, change), formed, reports);
  }
}
