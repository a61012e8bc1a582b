package io.spikeformer.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.spikeformer.common.UserException;
import io.spikeformer.model.block.ParameterLayout;
import io.spikeformer.model.config.MetaSpikeFormerConfig;
import io.spikeformer.model.config.NetworkConfig;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32C;

/** Checkpoints as bytes, whole and with edited headers. */
final class CheckpointFiles {
  private CheckpointFiles() {}

  static MetaSpikeFormerConfig small(int classes) {
    return MetaSpikeFormerConfig.builder("small")
        .widths(2, 1, 1, 1)
        .depths(0, 0)
        .heads(1)
        .classes(classes)
        .channels(1)
        .stem(1, 1)
        .timesteps(4)
        .build();
  }

  static int length(NetworkConfig model) {
    return (int) ParameterLayout.of(model).length();
  }

  /** A file with another version and a right checksum. */
  static byte[] withVersion(byte[] whole, int version) {
    byte[] edited = whole.clone();
    ByteBuffer numbers = ByteBuffer.wrap(edited).order(ByteOrder.LITTLE_ENDIAN);
    int end = 16 + numbers.putInt(8, version).getInt(12);
    CRC32C crc = new CRC32C();
    crc.update(edited, 0, end);
    numbers.putInt(end, (int) crc.getValue());
    return edited;
  }

  static byte[] edited(Checkpoint checkpoint, Consumer<ObjectNode> edit) {
    return withHeader(
        checkpoint,
        json -> {
          try {
            ObjectNode header = (ObjectNode) new ObjectMapper().readTree(json);
            edit.accept(header);
            return header.toString();
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        });
  }

  static byte[] withHeader(Checkpoint checkpoint, UnaryOperator<String> edit) {
    byte[] whole = bytes(checkpoint);
    ByteBuffer numbers = ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN);
    int length = numbers.getInt(12);
    String json = new String(whole, 16, length, StandardCharsets.UTF_8);
    byte[] edited = edit.apply(json).getBytes(StandardCharsets.UTF_8);
    ByteBuffer out =
        ByteBuffer.allocate(whole.length - length + edited.length).order(ByteOrder.LITTLE_ENDIAN);
    out.put(whole, 0, 12).putInt(edited.length).put(edited);
    CRC32C crc = new CRC32C();
    crc.update(out.array(), 0, out.position());
    out.putInt((int) crc.getValue());
    out.put(whole, 16 + length + 4, whole.length - 16 - length - 4);
    return out.array();
  }

  static void assertSame(Checkpoint found, Checkpoint expected) {
    assertThat(found)
        .usingRecursiveComparison()
        .withStrictTypeChecking()
        .ignoringFields(
            "state",
            "training.moments",
            "training.outer",
            "training.rest",
            "moments",
            "outer",
            "rest")
        .isEqualTo(expected);
    assertThat(Arrays.equals(found.state(), expected.state())).isTrue();
    assertThat(Arrays.equals(found.outer(), expected.outer())).isTrue();
    assertThat(Arrays.equals(found.rest(), expected.rest())).isTrue();
    assertThat(found.moments()).hasSameSizeAs(expected.moments());
    for (int i = 0; i < expected.moments().size(); i++) {
      assertThat(Arrays.equals(found.moments().get(i), expected.moments().get(i))).isTrue();
    }
  }

  static byte[] bytes(Checkpoint checkpoint) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      CheckpointFormat.write(checkpoint, out);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  static Checkpoint read(byte[] bytes) {
    try {
      return CheckpointFormat.read(new ByteArrayInputStream(bytes), bytes.length, "here");
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  static void assertHeaderRefused(String what, byte[] file) {
    assertThatExceptionOfType(UserException.class)
        .as(what)
        .isThrownBy(() -> read(file))
        .withMessageStartingWith("checkpoint here: its header does not describe a model: ")
        .withMessageNotContaining("\n")
        .withMessageNotContaining("describe a model: null");
  }
}
