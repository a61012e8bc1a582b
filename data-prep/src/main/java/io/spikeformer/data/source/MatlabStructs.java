package io.spikeformer.data.source;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import us.hebi.matlab.mat.format.BufferAllocator;
import us.hebi.matlab.mat.format.Mat5;
import us.hebi.matlab.mat.format.Mat5File;
import us.hebi.matlab.mat.types.Array;
import us.hebi.matlab.mat.types.Char;
import us.hebi.matlab.mat.types.Matrix;
import us.hebi.matlab.mat.types.Source;
import us.hebi.matlab.mat.types.Sources;
import us.hebi.matlab.mat.types.Struct;

/**
 * Reads an array of structs out of a MATLAB file of version 5, as far as ImageNet's {@code
 * meta.mat} needs it: text, and the first value of numeric arrays. {@link MatlabTags} checks all
 * sizes before MFL reads them.
 */
final class MatlabStructs {
  private final MatlabTags tags;

  MatlabStructs(byte[] bytes) throws IOException {
    this.tags = new MatlabTags(bytes);
  }

  /** The structs of a variable, field by field: a String, a Double or null. */
  List<Map<String, Object>> read(String variable) throws IOException {
    Source source = Sources.wrap(tags.only(variable));
    try {
      // nothing of it needs to be closed: its memory is the heap's
      Mat5File file =
          Mat5.newReader(source)
              .setBufferAllocator(new HeapBuffers())
              .disableSubsystemProcessing()
              .readMat();
      return structs(variable, file.getArray(variable));
    } catch (IndexOutOfBoundsException | IllegalArgumentException failure) {
      throw new IOException("an element that ends early", failure);
    }
  }

  /** Memory that the collector takes back, also after a failure. */
  private static final class HeapBuffers implements BufferAllocator {
    @Override
    public ByteBuffer allocate(int bytes) {
      return ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder());
    }

    @Override
    public void release(ByteBuffer buffer) {
      // nothing to do
    }
  }

  private static List<Map<String, Object>> structs(String variable, Array array)
      throws IOException {
    if (!(array instanceof Struct struct)) {
      throw new IOException(variable + " is no array of structs");
    }
    List<Map<String, Object>> structs = new ArrayList<>();
    for (int i = 0; i < struct.getNumElements(); i++) {
      Map<String, Object> fields = new HashMap<>();
      for (String field : struct.getFieldNames()) {
        fields.put(field, value(struct.get(field, i)));
      }
      structs.add(fields);
    }
    return structs;
  }

  /** A text of one line, a first number, or null. */
  private static Object value(Array array) {
    if (array.getNumElements() == 0) {
      return null;
    }
    if (array instanceof Char text) {
      return text.getNumRows() == 1 ? text.getString() : null;
    }
    return array instanceof Matrix numbers ? numbers.getDouble(0) : null;
  }
}
