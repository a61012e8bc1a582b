package io.spikeformer.model.torch;

import io.spikeformer.common.Labels;
import io.spikeformer.model.checkpoint.Checkpoint;
import io.spikeformer.model.torch.TorchNames.Named;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Writes a model's weights for others, under the released models' names, as float32. {@link
 * WeightsImport} reads the same bits back.
 */
public final class ModelExport {
  /** File formats. */
  public enum Format {
    /** safetensors: a header in JSON and the data. */
    SAFETENSORS("safetensors"),
    /** A checkpoint for torch.load, with the weights under the key model. */
    TORCH_NAMES("torch-names");

    private final String label;

    Format(String label) {
      this.label = label;
    }

    /** The name used on the command line. */
    public String label() {
      return label;
    }

    /**
     * The format of a label.
     *
     * @throws IllegalArgumentException for any other word, naming the accepted ones
     */
    public static Format of(String label) {
      return Labels.find("format", values(), Format::label, label);
    }
  }

  private ModelExport() {}

  /** Writes a model; the stream stays open. */
  public static void write(Checkpoint checkpoint, Format format, OutputStream out)
      throws IOException {
    List<Named> tensors = TorchNames.of(checkpoint.config());
    String description = ModelDescription.of(checkpoint).toJson();
    switch (format) {
      case SAFETENSORS -> SafetensorsWriter.write(tensors, checkpoint.state(), description, out);
      case TORCH_NAMES -> TorchArchiveWriter.write(tensors, checkpoint.state(), description, out);
    }
  }

  /** The elements of one tensor as little-endian float32. */
  static byte[] bytes(Named tensor, float[] state) {
    int length = (int) tensor.entry().length();
    ByteBuffer bytes = ByteBuffer.allocate(length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(state, (int) tensor.entry().offset(), length);
    return bytes.array();
  }
}
