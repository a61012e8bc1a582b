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
 * @param width bytes of each, see {@link Payload#width}
 * @param reports of the worker
 */
record SliceHeader(int index, long samples, int elements, int width, List<WorkerReport> reports) {
  static SliceHeader of(Slice slice) {
    Payload payload = slice.payload();
    return new SliceHeader(
        slice.index(), slice.samples(), payload.elements(), payload.width(), slice.reports());
  }

  /** Bytes of the elements. */
  int bytes() {
    return elements * width;
  }

  /** The elements on the heap. */
  Payload payload(ByteBuffer bytes) {
    if (width == Short.BYTES) {
      short[] halves = new short[elements];
      bytes.asShortBuffer().get(halves);
      return new Payload.Changes(halves);
    }
    float[] values = new float[elements];
    bytes.asFloatBuffer().get(values);
    return new Payload.Floats(values);
  }

  void write(Output output) {
    output.writeInt(index, true);
    output.writeLong(samples, true);
    output.writeInt(elements, true);
    output.writeInt(width, true);
    output.writeInt(reports.size(), true);
    for (WorkerReport report : reports) {
      report.write(output);
    }
  }

  static SliceHeader read(Input input) {
    int index = input.readInt(true);
    long samples = input.readLong(true);
    int elements = input.readInt(true);
    int width = input.readInt(true);
    List<WorkerReport> reports = new ArrayList<>();
    for (int left = input.readInt(true); left > 0; left--) {
      reports.add(WorkerReport.read(input));
    }
    return new SliceHeader(index, samples, elements, width, reports);
  }
}
