package io.spikeformer.train.watch;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Label;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Type;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import io.spikeformer.common.Text;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads event files with nothing of the writer: framing and a bitwise CRC-32C of its own, messages
 * through protobuf's library from the field numbers that event.proto and summary.proto publish.
 */
public final class EventReader {
  private static final Descriptor EVENT = descriptor();

  private EventReader() {}

  /** One event: step, file version (empty for none), scalars by tag. */
  public record Event(long step, double wallTime, String version, Map<String, Float> scalars) {}

  /** All events of a file; throws if a checksum or a message is wrong. */
  public static List<Event> read(byte[] file) throws InvalidProtocolBufferException {
    List<Event> events = new ArrayList<>();
    ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    while (in.hasRemaining()) {
      int start = in.position();
      long length = in.getLong();
      requireCrc(file, start, 8, in.getInt());
      int from = in.position();
      in.position(from + (int) length);
      requireCrc(file, from, (int) length, in.getInt());
      byte[] data = java.util.Arrays.copyOfRange(file, from, from + (int) length);
      events.add(event(DynamicMessage.parseFrom(EVENT, data)));
    }
    return events;
  }

  private static Event event(DynamicMessage message) {
    if (!message.getUnknownFields().asMap().isEmpty()) {
      throw new IllegalStateException(Text.format("unknown fields in %s", message));
    }
    Map<String, Float> scalars = new LinkedHashMap<>();
    DynamicMessage summary = (DynamicMessage) field(message, "summary");
    for (Object value : (List<?>) field(summary, "value")) {
      DynamicMessage scalar = (DynamicMessage) value;
      scalars.put((String) field(scalar, "tag"), (Float) field(scalar, "simple_value"));
    }
    return new Event(
        (Long) field(message, "step"),
        (Double) field(message, "wall_time"),
        (String) field(message, "file_version"),
        scalars);
  }

  private static Object field(DynamicMessage message, String name) {
    return message.getField(message.getDescriptorForType().findFieldByName(name));
  }

  private static void requireCrc(byte[] bytes, int from, int length, int masked) {
    int crc = ~0;
    for (int i = from; i < from + length; i++) {
      crc ^= bytes[i] & 0xff;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc & 1) != 0 ? crc >>> 1 ^ 0x82f63b78 : crc >>> 1;
      }
    }
    crc = ~crc;
    int expected = (crc >>> 15 | crc << 17) + 0xa282ead8;
    if (expected != masked) {
      throw new IllegalStateException(Text.format("wrong checksum at %s", from));
    }
  }

  private static Descriptor descriptor() {
    DescriptorProto value =
        message(
            "Value", field("tag", 1, Type.TYPE_STRING), field("simple_value", 2, Type.TYPE_FLOAT));
    DescriptorProto summary =
        message(
                "Summary",
                field("value", 1, Type.TYPE_MESSAGE).toBuilder()
                    .setLabel(Label.LABEL_REPEATED)
                    .setTypeName(".t.Summary.Value")
                    .build())
            .toBuilder()
            .addNestedType(value)
            .build();
    DescriptorProto event =
        message(
            "Event",
            field("wall_time", 1, Type.TYPE_DOUBLE),
            field("step", 2, Type.TYPE_INT64),
            field("file_version", 3, Type.TYPE_STRING),
            field("summary", 5, Type.TYPE_MESSAGE).toBuilder().setTypeName(".t.Summary").build());
    try {
      return FileDescriptor.buildFrom(
              FileDescriptorProto.newBuilder()
                  .setName("event.proto")
                  .setPackage("t")
                  .setSyntax("proto3")
                  .addMessageType(summary)
                  .addMessageType(event)
                  .build(),
              new FileDescriptor[0])
          .findMessageTypeByName("Event");
    } catch (DescriptorValidationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static DescriptorProto message(String name, FieldDescriptorProto... fields) {
    return DescriptorProto.newBuilder().setName(name).addAllField(List.of(fields)).build();
  }

  private static FieldDescriptorProto field(String name, int number, Type type) {
    return FieldDescriptorProto.newBuilder()
        .setName(name)
        .setNumber(number)
        .setType(type)
        .setLabel(Label.LABEL_OPTIONAL)
        .build();
  }
}
