package io.spikeformer.model.torch;

import io.spikeformer.model.torch.TorchNames.Named;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import net.razorvine.pickle.Opcodes;

/**
 * Writes a checkpoint as torch.save does, protocol 2: {"model": OrderedDict of tensors,
 * "spikeformer": description}. torch.load reads it with weights_only as well.
 */
final class TorchArchiveWriter {
  private static final String FOLDER = "archive/";
  private static final int PROTOCOL = 2;
  // of the archive's layout, as PyTorch 1.6 and later write it
  private static final String VERSION = "3\n";

  // that a zip file can note
  private static final LocalDateTime EARLIEST = LocalDateTime.of(1980, 1, 1, 0, 0);

  private TorchArchiveWriter() {}

  static void write(List<Named> tensors, float[] state, String description, OutputStream out)
      throws IOException {
    ZipOutputStream zip = new ZipOutputStream(out);
    put(zip, "data.pkl", pickle(tensors, description));
    put(zip, "byteorder", "little".getBytes(StandardCharsets.US_ASCII));
    for (int i = 0; i < tensors.size(); i++) {
      put(zip, "data/" + i, ModelExport.bytes(tensors.get(i), state));
    }
    put(zip, "version", VERSION.getBytes(StandardCharsets.US_ASCII));
    zip.finish();
  }

  private static void put(ZipOutputStream zip, String name, byte[] content) throws IOException {
    CRC32 crc = new CRC32();
    crc.update(content);
    ZipEntry entry = new ZipEntry(FOLDER + name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCrc(crc.getValue());
    // the same model gives the same bytes
    entry.setTimeLocal(EARLIEST);
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }

  private static byte[] pickle(List<Named> tensors, String description) {
    Pickle pickle = new Pickle();
    pickle.opcode(Opcodes.PROTO).out.write(PROTOCOL);
    pickle.opcode(Opcodes.EMPTY_DICT).opcode(Opcodes.MARK);
    pickle.text("model").emptyOrderedDict().opcode(Opcodes.MARK);
    for (int i = 0; i < tensors.size(); i++) {
      pickle.text(tensors.get(i).name()).tensor(i, tensors.get(i));
    }
    pickle.opcode(Opcodes.SETITEMS);
    pickle.text(SafetensorsFile.DESCRIPTION).text(description);
    pickle.opcode(Opcodes.SETITEMS).opcode(Opcodes.STOP);
    return pickle.out.toByteArray();
  }

  /** Opcodes and their arguments. */
  private static final class Pickle {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Pickle opcode(short opcode) {
      out.write(opcode);
      return this;
    }

    private Pickle number(int value) {
      return opcode(Opcodes.BININT).fourBytes(value);
    }

    private Pickle fourBytes(int value) {
      out.writeBytes(
          ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
      return this;
    }

    Pickle text(String text) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      opcode(Opcodes.BINUNICODE).fourBytes(bytes.length);
      out.writeBytes(bytes);
      return this;
    }

    private Pickle global(String module, String name) {
      opcode(Opcodes.GLOBAL);
      out.writeBytes((module + "\n" + name + "\n").getBytes(StandardCharsets.US_ASCII));
      return this;
    }

    Pickle emptyOrderedDict() {
      return global("collections", "OrderedDict")
          .opcode(Opcodes.EMPTY_TUPLE)
          .opcode(Opcodes.REDUCE);
    }

    /** _rebuild_tensor_v2(storage, offset, size, stride, requires_grad, backward_hooks). */
    Pickle tensor(int storage, Named tensor) {
      StoredTensor dense =
          StoredTensor.dense(ElementType.FLOAT32, tensor.shape(), String.valueOf(storage));
      global("torch._utils", "_rebuild_tensor_v2").opcode(Opcodes.MARK).opcode(Opcodes.MARK);
      text("storage")
          .global("torch", dense.type().storage().orElseThrow())
          .text(dense.storage())
          .text("cpu");
      number((int) dense.elements()).opcode(Opcodes.TUPLE).opcode(Opcodes.BINPERSID);
      number(0).tuple(dense.shape()).tuple(dense.strides());
      return opcode(Opcodes.NEWFALSE)
          .emptyOrderedDict()
          .opcode(Opcodes.TUPLE)
          .opcode(Opcodes.REDUCE);
    }

    private Pickle tuple(List<Long> numbers) {
      opcode(Opcodes.MARK);
      numbers.forEach(number -> number(number.intValue()));
      return opcode(Opcodes.TUPLE);
    }
  }
}
