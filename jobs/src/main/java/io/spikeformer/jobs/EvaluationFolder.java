package io.spikeformer.jobs;

import io.spikeformer.data.Storage;
import io.spikeformer.eval.EnergyCsv;
import io.spikeformer.eval.EvaluationResult;
import io.spikeformer.eval.HtmlReport;
import io.spikeformer.eval.spark.PredictionFolder;
import java.util.List;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/** The folder that receives an evaluation: evaluation.json, energy.csv and report.html. */
final class EvaluationFolder {
  /** The folder in it that receives predictions. */
  static final String PREDICTIONS = "predictions";

  private static final String RESULT = "evaluation.json";
  private static final String ENERGY = "energy.csv";
  private static final String REPORT = "report.html";
  private static final String TRIAL = ".unfinished-evaluation";

  private final Storage storage;
  private final Path folder;

  /**
   * A folder, which need not exist.
   *
   * @throws io.spikeformer.data.DataException if the location is empty or no path
   */
  EvaluationFolder(Storage storage, String location) {
    this.storage = storage;
    this.folder = Storage.path(location);
  }

  /**
   * Writes a file and deletes it again, so that no computed result is lost for want of a place.
   *
   * @throws JobException if a file has that name
   * @throws io.spikeformer.data.DataException if nothing can be written there
   */
  void requireWritable() {
    if (storage.status(folder).filter(FileStatus::isFile).isPresent()) {
      throw new JobException(
          "output: expected a folder or a new name, found a file at "
              + folder
              + "; give another --output");
    }
    Path trial = new Path(folder, TRIAL);
    storage.writeText(trial, "");
    storage.delete(trial);
  }

  /**
   * Deletes an earlier evaluation, so that the folder never holds parts of two.
   *
   * @throws io.spikeformer.data.DataException if a file cannot be deleted
   */
  void clear() {
    for (String name : List.of(RESULT, ENERGY, REPORT)) {
      storage.delete(new Path(folder, name));
    }
    PredictionFolder.clear(storage, new Path(folder, PREDICTIONS));
  }

  /** Writes the result and what is made of it; the result last, which says that all is there. */
  void write(EvaluationResult result) {
    storage.writeText(
        new Path(folder, ENERGY), EnergyCsv.write(List.of(result.fused(), result.asExecuted())));
    storage.writeText(new Path(folder, REPORT), HtmlReport.render(result));
    storage.writeText(new Path(folder, RESULT), result.toJson());
  }
}
