package io.spikeformer.train.teacher;

import io.spikeformer.common.UserException;
import io.spikeformer.data.storage.Storage;
import java.io.Serializable;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * One teacher's file and its content. The driver settles it once; a recipe may name an output
 * folder, in which another file is the newest one later.
 *
 * @param file URI of the checkpoint or ONNX file
 * @param sha256 of its bytes, in lower-case hexadecimal
 */
public record TeacherIdentity(String file, String sha256) implements Serializable {

  /**
   * Reads the teacher.
   *
   * @throws UserException in one line if the file is gone, damaged or has another content
   */
  public TeacherFile load(Configuration hadoop) {
    Path path = new Path(file);
    if (!new Storage(hadoop).exists(path)) {
      throw changed("no such file");
    }
    TeacherFile teacher = TeacherFile.read(path, hadoop);
    if (!teacher.sha256().equals(sha256)) {
      throw changed("SHA-256 " + teacher.sha256());
    }
    return teacher;
  }

  private UserException changed(String found) {
    return new UserException(
        "teacher %s: expected the file that the training began with, SHA-256 %s, found %s; put it"
            + " back and continue with --resume",
        file, sha256, found);
  }

  /** For messages and checkpoints. */
  @Override
  public String toString() {
    return file + ", SHA-256 " + sha256;
  }
}
