package io.spikeformer.data.events;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdOutputStream;
import com.google.flatbuffers.FlatBufferBuilder;
import io.spikeformer.common.Text;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import net.jpountz.lz4.LZ4FrameOutputStream;

/** Writes AEDAT 4.0 files as DV software does. */
final class TestAedat4 {
  static final int EVENT_STREAM = 1;
  private static final int OTHER_STREAM = 4;

  private final SensorSize sensor;
  private Aedat4Compression compression = Aedat4Compression.LZ4;
  private int compressionCode = -1;
  private int packetEvents = 1000;
  private boolean hasTable;
  private boolean declaresContentSize = true;
  private String description;

  TestAedat4(SensorSize sensor) {
    this.sensor = sensor;
    this.description = describe(sensor);
  }

  TestAedat4 compression(Aedat4Compression value) {
    compression = value;
    return this;
  }

  /** Another number in the header than that of the compression. */
  TestAedat4 compressionCode(int value) {
    compressionCode = value;
    return this;
  }

  TestAedat4 packetEvents(int value) {
    packetEvents = value;
    return this;
  }

  TestAedat4 withTable() {
    hasTable = true;
    return this;
  }

  TestAedat4 withoutContentSize() {
    declaresContentSize = false;
    return this;
  }

  TestAedat4 description(String xml) {
    description = xml;
    return this;
  }

  byte[] write(TestEvents events) {
    int header = header(0).length;
    ByteArrayOutputStream packets = new ByteArrayOutputStream();
    for (int from = 0; from < events.count(); from += packetEvents) {
      int to = Math.min(events.count(), from + packetEvents);
      packets.writeBytes(packet(EVENT_STREAM, eventPacket(events.slice(from, to))));
      packets.writeBytes(packet(OTHER_STREAM, new byte[37]));
    }
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(header(hasTable ? header + packets.size() : -1));
    file.writeBytes(packets.toByteArray());
    if (hasTable) {
      file.writeBytes(compress(new byte[500]));
    }
    return file.toByteArray();
  }

  /** A packet with its header. */
  byte[] packet(int stream, byte[] content) {
    byte[] body = compress(content);
    return ByteBuffer.allocate(8 + body.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(stream)
        .putInt(body.length)
        .put(body)
        .array();
  }

  byte[] header(long tablePosition) {
    FlatBufferBuilder builder = new FlatBufferBuilder();
    builder.forceDefaults(true);
    int info = builder.createString(description);
    builder.startTable(3);
    builder.addOffset(2, info, 0);
    builder.addLong(1, tablePosition, -1);
    builder.addInt(0, compressionCode >= 0 ? compressionCode : compression.ordinal(), 0);
    builder.finishSizePrefixed(builder.endTable(), "IOHE");
    byte[] table = builder.sizedByteArray();
    byte[] magic = Aedat4Header.MAGIC.getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(magic.length + table.length).put(magic).put(table).array();
  }

  static byte[] eventPacket(TestEvents events) {
    FlatBufferBuilder builder = new FlatBufferBuilder(1 << 16);
    builder.startVector(Aedat4Tables.EVENT_BYTES, events.count(), Long.BYTES);
    for (int i = events.count() - 1; i >= 0; i--) {
      builder.prep(Long.BYTES, Aedat4Tables.EVENT_BYTES);
      builder.pad(3);
      builder.putByte((byte) events.polarity()[i]);
      builder.putShort((short) events.y()[i]);
      builder.putShort((short) events.x()[i]);
      builder.putLong(events.micros()[i]);
    }
    int vector = builder.endVector();
    builder.startTable(1);
    builder.addOffset(0, vector, 0);
    builder.finishSizePrefixed(builder.endTable(), "EVTS");
    return builder.sizedByteArray();
  }

  private byte[] compress(byte[] content) {
    try {
      return switch (compression) {
        case NONE -> content;
        case LZ4, LZ4_HIGH -> {
          ByteArrayOutputStream output = new ByteArrayOutputStream();
          try (LZ4FrameOutputStream lz4 =
              new LZ4FrameOutputStream(output, LZ4FrameOutputStream.BLOCKSIZE.SIZE_64KB)) {
            lz4.write(content);
          }
          yield output.toByteArray();
        }
        case ZSTD, ZSTD_HIGH -> {
          int level = compression == Aedat4Compression.ZSTD ? 3 : 19;
          if (declaresContentSize) {
            yield Zstd.compress(content, level);
          }
          ByteArrayOutputStream output = new ByteArrayOutputStream();
          try (ZstdOutputStream zstd = new ZstdOutputStream(output, level)) {
            zstd.write(content);
          }
          yield output.toByteArray();
        }
      };
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** Several streams of events, numbered, each from a module of that number. */
  static String describe(SensorSize sensor, int... streams) {
    StringBuilder nodes = new StringBuilder();
    for (int stream : streams) {
      nodes.append(
          Text.format(
              """
          <node name="%d"><attr key="typeIdentifier" type="string">EVTS</attr>
            <attr key="originalModuleName" type="string">module%d</attr>
            <attr key="originalOutputName" type="string">events</attr>
            <node name="info"><attr key="sizeX" type="int">%d</attr>
              <attr key="sizeY" type="int">%d</attr></node></node>
          """,
              stream, stream, sensor.width(), sensor.height()));
    }
    return Text.format("<dv version=\"2.0\"><node name=\"outInfo\">%s</node></dv>", nodes);
  }

  static String describe(SensorSize sensor) {
    return Text.format(
        """
        <dv version="2.0">
            <node name="outInfo" path="/mainloop/Recorder/outInfo/">
                <node name="4" path="/mainloop/Recorder/outInfo/4/">
                    <attr key="typeIdentifier" type="string">IMUS</attr>
                </node>
                <node name="1" path="/mainloop/Recorder/outInfo/1/">
                    <attr key="typeIdentifier" type="string">EVTS</attr>
                    <node name="info" path="/mainloop/Recorder/outInfo/1/info/">
                        <attr key="sizeX" type="int">%d</attr>
                        <attr key="sizeY" type="int">%d</attr>
                    </node>
                </node>
            </node>
        </dv>
        """,
        sensor.width(), sensor.height());
  }
}
