package io.spikeformer.data.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.common.UserException;
import io.spikeformer.data.geometry.Rect;
import io.spikeformer.data.order.SeededRandom;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ObjectBytesTest {
  private static final List<DetectedObject> OBJECTS =
      List.of(
          new DetectedObject(
              900100129648L,
              79,
              ObjectKind.CROWD,
              new Rect(0.1, 120.46, 1 / 3.0, 0),
              52634.3678,
              Rle.ofCounts(6, 7, 3, 9, 30)),
          new DetectedObject(
              -1, 0, ObjectKind.INSTANCE, new Rect(0, 0, 7, 6), 0, Rle.ofCounts(6, 7, 42)));

  @Test
  void objectsSurviveToTheLastBit() {
    byte[] bytes = ObjectBytes.encode("a.jpg", OBJECTS);

    assertThat(ObjectBytes.decode("a.jpg", bytes, 6, 7)).isEqualTo(OBJECTS);
    assertThat(ObjectBytes.encode("a.jpg", OBJECTS)).isEqualTo(bytes);
    byte[] none = ObjectBytes.encode("a.jpg", List.of());
    assertThat(none).hasSize(5);
    assertThat(ObjectBytes.decode("a.jpg", none, 6, 7)).isEmpty();
  }

  @Test
  void theLayoutIsTheWrittenOne() {
    ByteBuffer bytes = ByteBuffer.wrap(ObjectBytes.encode("a.jpg", OBJECTS));

    assertThat(bytes.get()).isEqualTo((byte) 1);
    assertThat(bytes.getInt()).isEqualTo(2);
    assertThat(bytes.getLong()).isEqualTo(900100129648L);
    assertThat(bytes.getInt()).isEqualTo(79);
    assertThat(bytes.get()).isEqualTo((byte) 1);
    bytes.position(bytes.position() + 4 * 8);
    assertThat(bytes.getDouble()).isEqualTo(52634.3678);
    assertThat(bytes.getInt()).isEqualTo(OBJECTS.get(0).mask().orElseThrow().compressed().length());
  }

  @Test
  void anObjectWithoutAMaskMakesItVersionTwo() {
    DetectedObject box =
        new DetectedObject(7, 1, ObjectKind.INSTANCE, new Rect(1, 2, 3, 4), 12, Optional.empty());
    List<DetectedObject> mixed = List.of(OBJECTS.get(0), box, OBJECTS.get(1));

    byte[] bytes = ObjectBytes.encode("a.jpg", mixed);

    assertThat(bytes[0]).isEqualTo((byte) 2);
    assertThat(ObjectBytes.decode("a.jpg", bytes, 6, 7)).isEqualTo(mixed);
    byte[] alone = ObjectBytes.encode("a.jpg", List.of(box));
    assertThat(ByteBuffer.wrap(alone).getInt(alone.length - 4)).isZero();
    alone[0] = 1;
    assertRefused(alone, "expected a sum of 6 x 7 = 42 pixels, found 0");
  }

  @Test
  void refusesDamage() {
    byte[] bytes = ObjectBytes.encode("a.jpg", OBJECTS);
    byte[] newer = bytes.clone();
    newer[0] = 3;
    assertRefused(newer, "annotations of a.jpg: expected version 1 or 2, found 3; prepare");
    byte[] many = bytes.clone();
    many[1] = 1;
    assertRefused(many, "damaged annotations of a.jpg at byte 1: 16777218 objects in");
    assertRefused(Arrays.copyOf(bytes, bytes.length + 3), "3 bytes after the last object");
    assertRefused(new byte[0], "the end inside object 0");
    byte[] kind = bytes.clone();
    kind[17] = 2;
    assertRefused(kind, "expected kind 0 or 1, found 2");
    assertThatThrownBy(() -> ObjectBytes.decode("a.jpg", bytes, 7, 7))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("expected a sum of 7 x 7 = 49 pixels, found 42");
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> ObjectBytes.decode("a.jpg", cut, 6, 7))
          .isInstanceOf(UserException.class);
    }
  }

  @Test
  void mutatedBytesAreReadOrRefused() {
    byte[] bytes = ObjectBytes.encode("a.jpg", OBJECTS);
    SeededRandom random = new SeededRandom(4);
    int refused = 0;
    for (int trial = 0; trial < 20_000; trial++) {
      byte[] mutated = bytes.clone();
      mutated[random.nextInt(mutated.length)] = (byte) random.nextInt(256);
      mutated[random.nextInt(mutated.length)] ^= (byte) (1 << random.nextInt(8));
      try {
        ObjectBytes.decode("a.jpg", mutated, 6, 7);
      } catch (UserException expected) {
        refused++;
      }
    }
    assertThat(refused).isBetween(1000, 19_000);
  }

  @Test
  void refusesTooManyObjects() {
    List<byte[]> parts = java.util.Collections.nCopies(65_537, new byte[57]);

    assertThatThrownBy(() -> ObjectBytes.join("a.jpg", parts))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("annotations of a.jpg: expected at most 65536 objects");
  }

  private static void assertRefused(byte[] bytes, String reason) {
    assertThatThrownBy(() -> ObjectBytes.decode("a.jpg", bytes, 6, 7))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(reason);
  }
}
