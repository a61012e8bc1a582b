package io.spikeformer.model.torch;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.spikeformer.model.torch.TorchNames.Named;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/** Writes the format that {@link SafetensorsFile} describes. */
final class SafetensorsWriter {
  private static final ObjectMapper JSON = new ObjectMapper();
  // the data begins at a multiple of it
  private static final int ALIGNMENT = 8;

  private SafetensorsWriter() {}

  static void write(List<Named> tensors, float[] state, String description, OutputStream out)
      throws IOException {
    byte[] header = header(tensors, description);
    out.write(
        ByteBuffer.allocate(Long.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(header.length)
            .array());
    out.write(header);
    for (Named tensor : tensors) {
      out.write(ModelExport.bytes(tensor, state));
    }
  }

  private static byte[] header(List<Named> tensors, String description) throws IOException {
    ObjectNode header = JSON.createObjectNode();
    header
        .putObject(SafetensorsFile.METADATA)
        .put("format", "pt")
        .put(SafetensorsFile.DESCRIPTION, description);
    for (Named tensor : tensors) {
      long begin = tensor.entry().offset() * Float.BYTES;
      ObjectNode object = header.putObject(tensor.name());
      object.put("dtype", ElementType.FLOAT32.code());
      tensor.shape().forEach(object.putArray("shape")::add);
      object.putArray("data_offsets").add(begin).add(begin + tensor.entry().length() * Float.BYTES);
    }
    byte[] json = JSON.writeValueAsBytes(header);
    byte[] padded = Arrays.copyOf(json, json.length + Math.floorMod(-json.length, ALIGNMENT));
    Arrays.fill(padded, json.length, padded.length, (byte) ' ');
    return padded;
  }
}
