package io.spikeformer.jobs.evaluate;

import io.spikeformer.data.storage.Storage;
import io.spikeformer.eval.EvaluationResult;
import io.spikeformer.eval.HtmlReport;
import io.spikeformer.eval.energy.EnergyCsv;
import io.spikeformer.eval.spark.PredictionFolder;
import java.util.List;
import org.apache.hadoop.fs.Path;

/**
 * The folder that receives an evaluation: evaluation.json, energy.csv, report.html, predictions.
 */
final class EvaluationFolder {
  private static final String PREDICTIONS = "predictions";

  private static final String RESULT = "evaluation.json";
  private static final String ENERGY = "energy.csv";
  private static final String REPORT = "report.html";
  private static final String STAGED = ".unfinished-predictions";

  private final Storage storage;
  private final Path folder;

  /**
   * A folder, which need not exist.
   *
   * @throws io.spikeformer.data.storage.UserException if the location is empty or no path
   */
  EvaluationFolder(Storage storage, String location) {
    this.storage = storage;
    this.folder = Storage.path(location);
  }

  /**
   * Where predictions are written until the evaluation has succeeded: what an earlier one has left
   * stays until then.
   */
  String staged() {
    return new Path(folder, STAGED).toString();
  }

  /** Deletes the staged predictions of an evaluation that was killed. */
  void clearStaged() {
    PredictionFolder.clear(storage, new Path(folder, STAGED));
  }

  /**
   * Replaces an earlier evaluation by a result and the staged predictions, if there are any. The
   * result is written last: it says that all is there.
   *
   * @throws io.spikeformer.data.storage.UserException if a file cannot be written, moved or deleted
   */
  void write(EvaluationResult result) {
    storage.delete(new Path(folder, RESULT));
    PredictionFolder.replace(storage, new Path(folder, STAGED), new Path(folder, PREDICTIONS));
    storage.writeText(
        new Path(folder, ENERGY), EnergyCsv.write(List.of(result.fused(), result.asExecuted())));
    storage.writeText(new Path(folder, REPORT), HtmlReport.render(result));
    storage.writeText(new Path(folder, RESULT), result.toJson());
  }
}
