package io.spikeformer.train.spark.averaging;

import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The part of a slice that is sent ahead of its elements.
 *
 * @param index of the slice
 * @param samples its weight
 * @param elements number of its elements
 * @param bytes of all of them
 * @param form what they are
 * @param reports of the worker
 */
record SliceHeader(
    int index,
    long samples,
    int elements,
    int bytes,
    Payload.Form form,
    List<WorkerReport> reports) {
  private static final List<Payload.Form> FORMS = List.of(Payload.Form.values());

  static SliceHeader of(Slice slice) {
    Payload payload = slice.payload();
    return new SliceHeader(
        slice.index(),
        slice.samples(),
        payload.elements(),
        payload.bytes(),
        payload.form(),
        slice.reports());
  }

  /** The elements on the heap. */
  Payload payload(ByteBuffer bytes) {
    return switch (form) {
      case VALUES -> {
        float[] values = new float[elements];
        bytes.asFloatBuffer().get(values);
        yield new Payload.Floats(values);
      }
      case HALVES -> {
        short[] halves = new short[elements];
        bytes.asShortBuffer().get(halves);
        yield new Payload.Changes(halves);
      }
      case CODED -> {
        byte[] coded = new byte[this.bytes];
        bytes.get(coded);
        yield new Payload.Coded(elements, coded);
      }
    };
  }

  void write(Output output) {
    output.writeInt(index, true);
    output.writeLong(samples, true);
    output.writeInt(elements, true);
    output.writeInt(bytes, true);
    output.writeInt(FORMS.indexOf(form), true);
    output.writeInt(reports.size(), true);
    for (WorkerReport report : reports) {
      report.write(output);
    }
  }

  static SliceHeader read(Input input) {
    int index = input.readInt(true);
    long samples = input.readLong(true);
    int elements = input.readInt(true);
    int bytes = input.readInt(true);
    Payload.Form form = FORMS.get(input.readInt(true));
    List<WorkerReport> reports = new ArrayList<>();
    for (int left = input.readInt(true); left > 0; left--) {
      reports.add(WorkerReport.read(input));
    }
    return new SliceHeader(index, samples, elements, bytes, form, reports);
  }
}
