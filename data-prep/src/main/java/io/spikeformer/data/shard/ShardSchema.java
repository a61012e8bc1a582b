package io.spikeformer.data.shard;

import io.spikeformer.data.sample.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;

/** The columns of a shard and the keys of its footer. */
final class ShardSchema {
  static final String KEY = "key";
  static final String LABEL = "label";
  static final String IMAGE = "image";
  static final String ENCODING = "encoding";
  static final String HEIGHT = "height";
  static final String WIDTH = "width";
  static final String ANNOTATIONS = "annotations";
  static final String LABEL_MAP = "label_map";
  static final String FRAMES = "frames";
  static final String TIMESTEPS = "timesteps";
  static final String LOGITS = "logits";

  /** Footer entry: the rejected inputs that belong to this shard, as a JSON array. */
  static final String REJECTED_ENTRY = "spikeformer.rejected";

  /** Footer entry: notes about inputs of this shard, as a JSON array; not there without any. */
  static final String NOTES_ENTRY = "spikeformer.notes";

  private ShardSchema() {}

  /** The columns of a split's shards, in their order. */
  static MessageType of(ShardColumns columns) {
    MessageType task = of(columns.task());
    if (columns.logits() == 0) {
      return task;
    }
    List<Type> fields = new ArrayList<>(task.getFields());
    fields.add(binary(LOGITS));
    return new MessageType(task.getName(), fields);
  }

  private static MessageType of(Task task) {
    return switch (task) {
      case CLASSIFICATION ->
          new MessageType(
              "image_sample",
              text(KEY),
              number(LABEL),
              binary(IMAGE),
              text(ENCODING),
              number(HEIGHT),
              number(WIDTH));
      case DETECTION -> imageWith("detection_sample", ANNOTATIONS);
      case SEGMENTATION -> imageWith("segmentation_sample", LABEL_MAP);
      case EVENTS ->
          new MessageType(
              "event_sample",
              text(KEY),
              number(LABEL),
              binary(FRAMES),
              number(TIMESTEPS),
              number(HEIGHT),
              number(WIDTH));
    };
  }

  /** The name of a shard's file. */
  static String fileName(int shard) {
    return String.format(Locale.ROOT, "part-%05d.parquet", shard);
  }

  private static MessageType imageWith(String name, String truth) {
    return new MessageType(
        name,
        text(KEY),
        binary(IMAGE),
        text(ENCODING),
        number(HEIGHT),
        number(WIDTH),
        binary(truth));
  }

  private static Type text(String name) {
    return Types.required(PrimitiveTypeName.BINARY)
        .as(LogicalTypeAnnotation.stringType())
        .named(name);
  }

  private static Type binary(String name) {
    return Types.required(PrimitiveTypeName.BINARY).named(name);
  }

  private static Type number(String name) {
    return Types.required(PrimitiveTypeName.INT32).named(name);
  }
}
