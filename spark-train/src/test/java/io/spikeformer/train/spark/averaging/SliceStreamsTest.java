package io.spikeformer.train.spark.averaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.spikeformer.model.kernel.Tensor;
import io.spikeformer.train.StateParts;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.spark.serializer.SerializationStream;
import org.apache.spark.serializer.SerializerInstance;
import org.junit.jupiter.api.Test;
import scala.Tuple2;
import scala.collection.Iterator;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

class SliceStreamsTest {
  private static final ClassTag<Object> ANY = ClassTag$.MODULE$.apply(Object.class);

  private final SerializerInstance streams = new SliceStreams().newInstance();

  @Test
  void slicesArriveAsTheyWereSent() {
    float[] values = random(50001);
    short[] halves = Slice.changes(new float[70], random(70));
    byte[] coded = new byte[70003];
    new Random(5).nextBytes(coded);
    List<WorkerReport> reports = List.of(SliceMeanTest.report(2, ""));
    byte[] sent =
        write(
            new Slice(0, 9, values, reports),
            new Slice(4, 9, new Payload.Changes(halves), List.of()),
            new Slice(5, 9, new Payload.Coded(300001, coded), List.of()),
            new Slice(0, 0, Payload.NONE, List.of(SliceMeanTest.report(1, "why"))));
    List<SliceHeader> headers = new ArrayList<>();
    List<Payload> payloads = read(sent, headers);
    assertThat(headers)
        .containsExactly(
            new SliceHeader(0, 9, 50001, 200004, Payload.Form.VALUES, reports),
            new SliceHeader(4, 9, 70, 140, Payload.Form.HALVES, List.of()),
            new SliceHeader(5, 9, 300001, 70003, Payload.Form.CODED, List.of()),
            new SliceHeader(
                0, 0, 0, 0, Payload.Form.VALUES, List.of(SliceMeanTest.report(1, "why"))));
    assertThat(Arrays.equals(((Payload.Floats) payloads.get(0)).values(), values)).isTrue();
    assertThat(((Payload.Changes) payloads.get(1)).halves()).isEqualTo(halves);
    assertThat(((Payload.Coded) payloads.get(2)).coded()).isEqualTo(coded);
  }

  @Test
  void slicesAreSentFromWithinSeveralTensors() {
    float[] values = random(60000);
    try (Tensor one = Tensor.of(Arrays.copyOf(values, 20000), 20000);
        Tensor two = Tensor.of(Arrays.copyOfRange(values, 20000, 20003), 3);
        Tensor three = Tensor.of(Arrays.copyOfRange(values, 20003, 60000), 39997)) {
      StateParts parts = new StateParts(List.of(one, two, three));
      Payload payload = Payload.InPlace.of(parts.views(7, 50000));
      assertThat(payload.elements()).isEqualTo(50000);
      byte[] sent = write(new Slice(1, 2, payload, List.of()));
      float[] found = ((Payload.Floats) read(sent, new ArrayList<>()).get(0)).values();
      assertThat(Arrays.equals(found, Arrays.copyOfRange(values, 7, 50007))).isTrue();
      assertThat(Arrays.equals(parts.copy(7, 50000), found)).isTrue();
      parts.put(19990, random(20));
      assertThat(Arrays.equals(parts.copy(19990, 20), random(20))).isTrue();
      assertThat(parts.copy(20010, 1)).containsExactly(values[20010]);
      assertThatExceptionOfType(IllegalArgumentException.class)
          .isThrownBy(() -> parts.views(59999, 2))
          .withMessageContaining("expected at least 60001 values, found 60000");
    }
  }

  @Test
  void whatASpillReadsBackIsWrittenAgainUnchanged() {
    byte[] sent = write(new Slice(2, 3, random(40000), List.of(SliceMeanTest.report(0, ""))));
    Iterator<Tuple2<Object, Object>> slices =
        streams.deserializeStream(new ByteArrayInputStream(sent)).asKeyValueIterator();
    assertThat(write(slices.next()._2())).isEqualTo(sent);
    assertThat(slices.hasNext()).isFalse();
  }

  @Test
  void aDamagedSliceIsNamedWithBothChecksums() {
    byte[] sent = write(new Slice(12, 3, random(100), List.of()));
    sent[sent.length / 2] ^= 4;
    assertThatExceptionOfType(DamagedSliceException.class)
        .isThrownBy(() -> read(sent, new ArrayList<>()))
        .withMessageMatching(
            "slice 12 of the training state: expected checksum [0-9a-f]{1,8}, found [0-9a-f]{1,8}:"
                + " memory, disk or network of a host damages data; see its system log");
  }

  @Test
  void theNextSliceIsNotReadBeforeTheElementsOfThisOne() {
    byte[] sent =
        write(new Slice(0, 1, random(10), List.of()), new Slice(1, 1, random(10), List.of()));
    Iterator<Tuple2<Object, Object>> slices =
        streams.deserializeStream(new ByteArrayInputStream(sent)).asKeyValueIterator();
    slices.next();
    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(slices::hasNext)
        .withMessageContaining("slice 0")
        .withMessageContaining("40 bytes left");
  }

  private byte[] write(Object... slices) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (SerializationStream stream = streams.serializeStream(bytes)) {
      for (Object slice : slices) {
        stream.writeKey(0L, ANY);
        stream.writeValue(slice, ANY);
      }
    }
    return bytes.toByteArray();
  }

  private List<Payload> read(byte[] sent, List<SliceHeader> headers) {
    List<Payload> payloads = new ArrayList<>();
    Iterator<Tuple2<Object, Object>> slices =
        streams.deserializeStream(new ByteArrayInputStream(sent)).asKeyValueIterator();
    while (slices.hasNext()) {
      ArrivingSlice slice = (ArrivingSlice) slices.next()._2();
      ByteBuffer bytes = ByteBuffer.allocate(slice.header().bytes()).order(ByteOrder.LITTLE_ENDIAN);
      slice.next(bytes);
      try {
        slice.finish();
      } catch (IOException failure) {
        throw new UncheckedIOException(failure);
      }
      headers.add(slice.header());
      payloads.add(slice.header().payload(bytes.flip()));
    }
    return payloads;
  }

  private static float[] random(int count) {
    Random random = new Random(count);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    return values;
  }
}
