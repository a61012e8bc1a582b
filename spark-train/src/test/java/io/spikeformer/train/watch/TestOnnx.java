package io.spikeformer.train.watch;

/** ONNX files of a few nodes, written field by field; here for its protocol buffers writer. */
public final class TestOnnx {
  private static final int FLOAT = 1;
  private static final int DOUBLE = 11;
  private static final int INT_ATTRIBUTE = 2;
  private static final int IR_VERSION = 8;
  private static final int OPSET = 13;

  private final int channels;
  private final int classes;
  private final ProtoMessage graph = new ProtoMessage();
  private int type = FLOAT;

  private TestOnnx(int channels, int classes) {
    this.channels = channels;
    this.classes = classes;
  }

  /**
   * A linear layer on the mean of each channel: logits = mean [B, C] weights + bias.
   *
   * @param weights [C][classes]
   * @param bias [classes]
   * @param batch B, or 0 for any
   * @param size height and width, or 0 for any
   */
  public static byte[] linear(float[][] weights, float[] bias, int batch, int size) {
    TestOnnx model = new TestOnnx(weights.length, bias.length);
    model.pool("pooled");
    model.graph.message(1, node("Flatten", "flat", "pooled").message(5, axis()));
    model.graph.message(1, node("Gemm", "logits", "flat", "weights", "bias"));
    model.graph.message(5, tensor("weights", weights, weights.length, bias.length));
    model.graph.message(5, tensor("bias", new float[][] {bias}, bias.length));
    return model.bytes("logits", batch, size);
  }

  /** Means of the channels [B, C, 1, 1]: no logits. */
  public static byte[] means(int channels) {
    TestOnnx model = new TestOnnx(channels, channels);
    model.pool("means");
    return model.bytes("means", 0, 0);
  }

  /** Images of numbers of double precision, as they are. */
  public static byte[] doubles(int channels) {
    TestOnnx model = new TestOnnx(channels, channels);
    model.type = DOUBLE;
    model.graph.message(1, node("Identity", "same", "images"));
    return model.bytes("same", 0, 0);
  }

  private void pool(String output) {
    graph.message(1, node("GlobalAveragePool", output, "images"));
  }

  private static ProtoMessage node(String operator, String output, String... inputs) {
    ProtoMessage node = new ProtoMessage();
    for (String input : inputs) {
      node.text(1, input);
    }
    return node.text(2, output).text(3, output).text(4, operator);
  }

  private static ProtoMessage axis() {
    return new ProtoMessage().text(1, "axis").number(3, 1).number(20, INT_ATTRIBUTE);
  }

  private static ProtoMessage tensor(String name, float[][] values, int... sizes) {
    ProtoMessage tensor = new ProtoMessage();
    for (int size : sizes) {
      tensor.number(1, size);
    }
    tensor.number(2, FLOAT);
    for (float[] row : values) {
      for (float value : row) {
        tensor.real(4, value);
      }
    }
    return tensor.text(8, name);
  }

  private ProtoMessage value(String name, int... sizes) {
    ProtoMessage shape = new ProtoMessage();
    for (int i = 0; i < sizes.length; i++) {
      ProtoMessage any = new ProtoMessage().text(2, name + i);
      shape.message(1, sizes[i] > 0 ? new ProtoMessage().number(1, sizes[i]) : any);
    }
    ProtoMessage tensor = new ProtoMessage().number(1, type).message(2, shape);
    return new ProtoMessage().text(1, name).message(2, new ProtoMessage().message(1, tensor));
  }

  private byte[] bytes(String output, int batch, int size) {
    graph.text(2, "test");
    graph.message(11, value("images", batch, channels, size, size));
    graph.message(
        12,
        output.equals("logits")
            ? value(output, batch, classes)
            : value(output, batch, channels, 1, 1));
    return new ProtoMessage()
        .number(1, IR_VERSION)
        .message(7, graph)
        .message(8, new ProtoMessage().text(1, "").number(2, OPSET))
        .toByteArray();
  }
}
