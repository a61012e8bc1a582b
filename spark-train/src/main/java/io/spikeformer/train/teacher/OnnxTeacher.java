package io.spikeformer.train.teacher;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.spikeformer.common.UserException;
import io.spikeformer.model.Images;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;

/** A teacher that ONNX Runtime computes, on the processor, with a bounded number of threads. */
public final class OnnxTeacher implements Teacher {
  private static final int CHANNEL = 1;
  private static final int RANK = 4;

  /** Most numbers that a call may take, 1 GiB. */
  private static final long MAX_INPUT = 1L << 28;

  private final String place;
  private final OrtEnvironment environment;
  private final OrtSession session;
  private final String input;
  private final String output;

  /** Sizes of the input, in the order B, C, H, W; -1 where any will do. */
  private final long[] shape;

  /**
   * Loads a model.
   *
   * @param place of its file, for messages
   * @param model content of the file
   * @param threads that a call may use, &gt;= 1
   * @throws UserException in one line if ONNX Runtime cannot run it, or it takes something else
   *     than images
   */
  public OnnxTeacher(String place, byte[] model, int threads) {
    this.place = place;
    this.environment = environment(place);
    this.session = session(model, threads);
    try {
      this.input = session.getInputNames().iterator().next();
      this.output = session.getOutputNames().iterator().next();
      this.shape = inputShape(session.getInputInfo());
    } catch (OrtException failure) {
      close();
      throw unusable(failure);
    } catch (UserException refused) {
      close();
      throw refused;
    }
  }

  /** Version of ONNX Runtime. */
  static String version() {
    return environment("of ONNX").getVersion();
  }

  private static OrtEnvironment environment(String place) {
    try {
      return OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "spikeformer");
    } catch (LinkageError failure) {
      throw new UserException(
          failure,
          "teacher %s: expected ONNX Runtime for Linux x86-64 on the class path, found: %s; run"
              + " on such a machine, with the whole job jar",
          place,
          failure.getMessage());
    }
  }

  private OrtSession session(byte[] model, int threads) {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(threads);
      options.setInterOpNumThreads(1);
      options.setExecutionMode(OrtSession.SessionOptions.ExecutionMode.SEQUENTIAL);
      options.setDeterministicCompute(true);
      // threads that wait for the next call must not burn the cores of the training beside them
      options.addConfigEntry("session.intra_op.allow_spinning", "0");
      return environment.createSession(model, options);
    } catch (OrtException failure) {
      throw unusable(failure);
    }
  }

  private long[] inputShape(Map<String, NodeInfo> inputs) {
    if (inputs.size() == 1
        && inputs.get(input).getInfo() instanceof TensorInfo tensor
        && tensor.type == OnnxJavaType.FLOAT
        && tensor.getShape().length == RANK) {
      requireFits(tensor.getShape());
      return tensor.getShape();
    }
    throw new UserException(
        "teacher %s: expected one input [batch, channels, height, width] of float32, found %s",
        place, inputs.values());
  }

  /** Sizes of an input that can be held; those that any will do for count as one. */
  private void requireFits(long... sizes) {
    long room = MAX_INPUT;
    for (long size : sizes) {
      room /= Math.max(1, size);
    }
    if (room == 0) {
      throw new UserException(
          "teacher %s: expected an input of at most %d numbers, found [batch, channels, height,"
              + " width] of %s; export it with a batch of any size",
          place, MAX_INPUT, Arrays.toString(sizes));
    }
  }

  @Override
  public float[] logits(Images images) {
    requireSizes(images);
    int batch = images.batch();
    int piece = shape[0] > 0 ? (int) shape[0] : batch;
    if (shape[0] > 0) {
      // what a file asks for is not bounded by what the images already take
      requireFits(piece, images.channels(), images.height(), images.width());
    }
    float[] logits = new float[0];
    for (int first = 0; first < batch; first += piece) {
      float[] answer = run(planes(images, first, piece), piece, images);
      int classes = answer.length / piece;
      if (first == 0) {
        logits = new float[batch * classes];
      }
      int rows = Math.min(piece, batch - first);
      System.arraycopy(answer, 0, logits, first * classes, rows * classes);
    }
    return logits;
  }

  private void requireSizes(Images images) {
    long[] given = {shape[0], images.channels(), images.height(), images.width()};
    for (int dimension = CHANNEL; dimension < RANK; dimension++) {
      if (images.frames() != 1 || (shape[dimension] > 0 && shape[dimension] != given[dimension])) {
        throw new UserException(
            "teacher %s: expected images of %s (channels, height, width; -1 for any), found %d"
                + " frames of %d, %d, %d; set the crop's size to the teacher's, or name another"
                + " teacher",
            place,
            Arrays.toString(Arrays.copyOfRange(shape, CHANNEL, RANK)),
            images.frames(),
            images.channels(),
            images.height(),
            images.width());
      }
    }
  }

  /** [H, W, C] of some images as [C, H, W]; zeros where there are no more. */
  private static float[] planes(Images images, int first, int count) {
    int channels = images.channels();
    int plane = images.height() * images.width();
    float[] planes = new float[count * channels * plane];
    int rows = Math.min(count, images.batch() - first);
    for (int row = 0; row < rows; row++) {
      int from = (first + row) * plane * channels;
      for (int channel = 0; channel < channels; channel++) {
        int to = (row * channels + channel) * plane;
        for (int pixel = 0; pixel < plane; pixel++) {
          planes[to + pixel] = images.pixels()[from + pixel * channels + channel];
        }
      }
    }
    return planes;
  }

  private float[] run(float[] planes, int batch, Images images) {
    long[] sizes = {batch, images.channels(), images.height(), images.width()};
    try (OnnxTensor tensor = OnnxTensor.createTensor(environment, FloatBuffer.wrap(planes), sizes);
        OrtSession.Result result = session.run(Map.of(input, tensor), Set.of(output))) {
      return requireLogits(result.get(0), batch);
    } catch (OrtException failure) {
      throw unusable(failure);
    }
  }

  private float[] requireLogits(OnnxValue value, int batch) {
    if (value instanceof OnnxTensor tensor
        && tensor.getInfo().type == OnnxJavaType.FLOAT
        && tensor.getInfo().getShape().length == 2
        && tensor.getInfo().getShape()[0] == batch) {
      FloatBuffer values = tensor.getFloatBuffer();
      float[] logits = new float[values.remaining()];
      values.get(logits);
      return logits;
    }
    throw new UserException(
        "teacher %s: expected logits [%d, classes] of float32 as its first output, found %s",
        place, batch, value.getInfo());
  }

  private UserException unusable(OrtException failure) {
    return new UserException(
        failure,
        "teacher %s: expected an ONNX model with its weights inside that ONNX Runtime %s can run,"
            + " found: %s",
        place,
        environment.getVersion(),
        String.valueOf(failure.getMessage()).lines().findFirst().orElse(""));
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException failure) {
      throw unusable(failure);
    }
  }
}
