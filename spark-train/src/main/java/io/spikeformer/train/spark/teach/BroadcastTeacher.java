package io.spikeformer.train.spark.teach;

import io.spikeformer.data.batch.Batch;
import io.spikeformer.data.spark.Broadcasts;
import io.spikeformer.data.spark.LogitsJob;
import io.spikeformer.eval.BatchImages;
import io.spikeformer.model.KernelProvider;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.train.teacher.CheckpointTeacher;
import io.spikeformer.train.teacher.ModelTeacher;
import io.spikeformer.train.teacher.OnnxFile;
import io.spikeformer.train.teacher.OnnxTeacher;
import io.spikeformer.train.teacher.Teacher;
import io.spikeformer.train.teacher.TeacherFile;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * A teacher on its way to the executors; each task builds one of its own.
 *
 * @param place of its file, for messages
 * @param network architecture of a checkpoint as JSON; empty for an ONNX file
 * @param state of a checkpoint; null for an ONNX file
 * @param onnx content of an ONNX file; null for a checkpoint
 * @param kernels auto, fast or reference
 * @param threads native threads of a task
 */
record BroadcastTeacher(
    String place,
    String network,
    Broadcast<float[]> state,
    Broadcast<byte[]> onnx,
    String kernels,
    int threads)
    implements LogitsJob.Teacher, AutoCloseable {
  private static final long serialVersionUID = 1L;

  static BroadcastTeacher of(
      JavaSparkContext spark, TeacherFile teacher, String kernels, int threads) {
    String place = teacher.file().toString();
    if (teacher instanceof CheckpointTeacher checkpoint) {
      return new BroadcastTeacher(
          place,
          checkpoint.config().toJson(),
          spark.broadcast(checkpoint.state()),
          null,
          kernels,
          threads);
    }
    byte[] content = ((OnnxFile) teacher).bytes();
    return new BroadcastTeacher(place, "", null, spark.broadcast(content), kernels, threads);
  }

  @Override
  public LogitsJob.Answers open() {
    Teacher teacher =
        network.isEmpty()
            ? new OnnxTeacher(place, onnx.value(), threads)
            : new ModelTeacher(
                NetworkConfig.fromJson(network),
                state.value(),
                KernelProvider.create(kernels, threads));
    return new LogitsJob.Answers() {
      @Override
      public float[] logits(Batch batch) {
        return teacher.logits(BatchImages.of(batch));
      }

      @Override
      public void close() {
        teacher.close();
      }
    };
  }

  @Override
  public void close() {
    Broadcasts.destroy(network.isEmpty() ? onnx : state);
  }
}
