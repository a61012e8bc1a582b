package io.spikeformer.train.teacher;

import io.spikeformer.common.UserException;
import io.spikeformer.data.batch.EventConfig;
import io.spikeformer.data.batch.InputConfig;
import io.spikeformer.data.storage.Checksums;
import io.spikeformer.data.storage.Storage;
import io.spikeformer.model.Images;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * A teacher in an ONNX file with its weights inside: one input [B, C, H, W] of float32, normalised,
 * and logits [B, classes] of float32 as its first output.
 *
 * @param file the ONNX file
 * @param sha256 of its content, in lower-case hexadecimal
 * @param bytes its content; not copied, not to be changed
 */
public record OnnxFile(Path file, String sha256, byte[] bytes) implements TeacherFile {
  static final String EXTENSION = ".onnx";

  /** The largest size of protocol buffers, and so of ONNX files with weights inside. */
  private static final int MAX_BYTES = Integer.MAX_VALUE - 8;

  /** The runtime's copy of the weights, and the order of them that its kernels prefer. */
  private static final int COPIES = 2;

  static OnnxFile read(Path file, Configuration hadoop) {
    byte[] bytes = new Storage(hadoop).read(file, MAX_BYTES);
    return new OnnxFile(file, Checksums.sha256(bytes), bytes);
  }

  @Override
  public String recipe() {
    return "";
  }

  @Override
  public List<String> classes() {
    return List.of();
  }

  @Override
  public int timesteps() {
    return 1;
  }

  @Override
  public TeacherFile withTimesteps(int timesteps) {
    throw new UserException(
        "teacher %s: expected no timesteps for an ONNX file, found %d; leave --timesteps out",
        file, timesteps);
  }

  @Override
  public String describe() {
    return "ONNX";
  }

  @Override
  public SortedMap<String, String> settings(String kernels) {
    return new TreeMap<>(Map.of("onnxruntime", OnnxTeacher.version()));
  }

  @Override
  public TeacherNeed need() {
    return new TeacherNeed("", COPIES * (long) bytes.length);
  }

  @Override
  public void requireAnswers(int classes, InputConfig input, String where) {
    if (input instanceof EventConfig) {
      throw new UserException(
          "teacher %s: expected images for an ONNX file, found recordings of events in %s; name a"
              + " checkpoint",
          file, where);
    }
    int length = input.height() * input.width() * input.channels();
    Images one = Images.of(new float[length], 1, input.height(), input.width(), input.channels());
    try (Teacher teacher = open("", 1)) {
      require("classes", classes, teacher.logits(one).length, where);
    }
  }

  @Override
  public OnnxTeacher open(String kernels, int threads) {
    return new OnnxTeacher(file.toString(), bytes, threads);
  }
}
