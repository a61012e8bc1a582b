package io.spikeformer.tasks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.spikeformer.model.box.RegionMeans;
import io.spikeformer.tasks.report.Bars;
import io.spikeformer.tasks.report.Section;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A task's results of an evaluation, beside loss, firing and energy, which every task has. Equal
 * counts give equal results.
 */
public interface TaskResult {
  /** The figures; the first is the primary one, by which models and epochs are compared. */
  List<Figure> figures();

  /**
   * The meaning of the loss in a few words, for example mean cross-entropy per sample; empty if
   * evaluations of the task have no loss.
   */
  Optional<String> lossMeaning();

  /** Notes that a reader should know before trusting a figure: undefined ones and their reason. */
  List<String> notes();

  /** The sections of the report that show this result. */
  List<Section> sections();

  /** Rows of the report's table of settings, by name. */
  Map<String, String> settings();

  /**
   * The primary figure after fewer timesteps, as one bar for each; empty if that has no meaning.
   */
  Optional<Bars> afterTimesteps();

  /** The primary figure of every class, in one order; empty without classes. */
  List<Part> parts();

  /** One line on the command line about something unusual; empty if there is nothing. */
  Optional<String> remark();

  /** The few values that stand for this result where many are listed, by their key in files. */
  Map<String, Object> summary();

  /** Regions that the heads of a two-stage detector have computed; empty for other networks. */
  default Optional<RegionMeans> regions() {
    return Optional.empty();
  }

  /**
   * The fields of evaluation.json that are this task's. Objects in it are joined with those that
   * every evaluation has.
   */
  ObjectNode fields();

  /**
   * A part of the data.
   *
   * @param name for example of a class
   * @param value its primary figure; NaN where it is undefined
   */
  record Part(String name, double value) {}

  /** The first figure. */
  default Figure primary() {
    return figures().get(0);
  }

  /** The primary figure and the one after it, if they can stand in one chart. */
  default List<Figure> comparable() {
    return figures().stream().limit(2).filter(primary()::comparable).toList();
  }
}
