package io.spikeformer.train.spark;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.spikeformer.data.batch.Batch;
import io.spikeformer.data.batch.SampleTruth;
import io.spikeformer.data.batch.TargetMaker;
import io.spikeformer.data.batch.Targets;
import io.spikeformer.data.sample.ClassLabel;
import io.spikeformer.data.sample.TruthKind;
import io.spikeformer.model.Outputs;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.model.kernel.Tensor;
import io.spikeformer.tasks.Answered;
import io.spikeformer.tasks.BatchLoss;
import io.spikeformer.tasks.Column;
import io.spikeformer.tasks.Counts;
import io.spikeformer.tasks.Figure;
import io.spikeformer.tasks.Hits;
import io.spikeformer.tasks.LossSettings;
import io.spikeformer.tasks.ModelClasses;
import io.spikeformer.tasks.ResultJson;
import io.spikeformer.tasks.Scored;
import io.spikeformer.tasks.Scoring;
import io.spikeformer.tasks.Task;
import io.spikeformer.tasks.TaskResult;
import io.spikeformer.tasks.Teaching;
import io.spikeformer.tasks.TrainingDraw;
import io.spikeformer.tasks.report.Bars;
import io.spikeformer.tasks.report.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** One number an image: half of its label, by the squared error. */
public final class NumberTask implements Task {
  private static final double NEAR = 0.25;
  private static final ObjectMapper MAPPER = ResultJson.mapper();

  private record Numbers(float[] values) implements Targets {
    static Numbers of(List<SampleTruth> truths) {
      float[] values = new float[truths.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = ClassLabel.of(truths.get(i).encoded()) / 2f;
      }
      return new Numbers(values);
    }
  }

  private static Tensor answers(Outputs outputs) {
    return outputs.value(outputs.names().get(0));
  }

  @Override
  public String id() {
    return "number";
  }

  @Override
  public TruthKind truth() {
    return TruthKind.CLASS_LABEL;
  }

  @Override
  public TargetMaker targets() {
    return (truths, plans) -> Numbers.of(truths);
  }

  @Override
  public BatchLoss loss(
      NetworkConfig network,
      Batch batch,
      LossSettings settings,
      Teaching teaching,
      TrainingDraw draw) {
    float[] wanted = ((Numbers) batch.targets()).values();
    return (outputs, kernels) -> {
      float[] found = answers(outputs).toArray();
      float[] gradient = new float[found.length];
      for (int i = 0; i < found.length; i++) {
        gradient[i] = 2 * (found[i] - wanted[i]) / found.length;
      }
      outputs.gradient(outputs.names().get(0)).put(gradient);
      return new BatchLoss.Judgement(squaredError(found, wanted), hits(found, wanted));
    };
  }

  private static double squaredError(float[] found, float[] wanted) {
    double sum = 0;
    for (int i = 0; i < found.length; i++) {
      sum += Math.pow(found[i] - wanted[i], 2);
    }
    return sum / found.length;
  }

  @Override
  public boolean teachable() {
    return false;
  }

  private static Hits hits(float[] found, float[] wanted) {
    long near = 0;
    for (int i = 0; i < found.length; i++) {
      near += Math.abs(found[i] - wanted[i]) <= NEAR ? 1 : 0;
    }
    return new Hits(near, found.length);
  }

  @Override
  public Figure trainingFigure(long hits, long of) {
    return Figure.share("near", "Near the number", "near", hits, of);
  }

  @Override
  public List<String> names(List<String> classes) {
    return List.of();
  }

  @Override
  public int outputs(List<String> classes) {
    return 1;
  }

  @Override
  public Scoring scoring(ModelClasses model, int outputs, String data, List<String> classes) {
    return new NumberScoring();
  }

  @Override
  public TaskResult read(ObjectNode evaluation) throws JsonProcessingException {
    return MAPPER.treeToValue(evaluation.get("number"), Result.class);
  }

  @Override
  public List<Class<?>> countTypes() {
    return List.of(Errors.class);
  }

  /** Errors in units of 2^-32, so that they merge exactly. */
  private static final class Errors implements Counts {
    private static final long serialVersionUID = 1;
    private static final double UNIT = 1L << 32;

    private long samples;
    private long sum;

    void add(double error) {
      samples++;
      sum += Math.round(error * UNIT);
    }

    @Override
    public void merge(Counts other) {
      samples += ((Errors) other).samples;
      sum += ((Errors) other).sum;
    }

    Result result() {
      return new Result(samples, sum / UNIT / samples);
    }
  }

  private record NumberScoring() implements Scoring {
    @Override
    public TargetMaker targets() {
      return (truths, plans) -> Numbers.of(truths);
    }

    @Override
    public Counts counts(int timesteps) {
      return new Errors();
    }

    @Override
    public Scored add(Counts counts, Answered answered) {
      float[] found = answers(answered.outputs()).toArray();
      float[] wanted = ((Numbers) answered.batch().targets()).values();
      for (int i = 0; i < found.length; i++) {
        ((Errors) counts).add(Math.abs(found[i] - wanted[i]));
      }
      return new Scored(OptionalDouble.of(squaredError(found, wanted)), () -> rows(found));
    }

    @Override
    public List<Column> columns() {
      return List.of(new Column("number", Column.Kind.FLOAT, Column.Shape.SINGLE));
    }

    private static List<List<?>> rows(float[] found) {
      List<List<?>> rows = new ArrayList<>();
      for (float number : found) {
        rows.add(List.of(number));
      }
      return rows;
    }

    @Override
    public TaskResult result(Counts counts) {
      return ((Errors) counts).result();
    }

    @Override
    public Optional<String> warning() {
      return Optional.empty();
    }
  }

  /** The mean error. */
  record Result(long samples, double error) implements TaskResult {
    @Override
    public List<Figure> figures() {
      return List.of(
          new Figure(
              "error",
              "Mean absolute error",
              "error",
              "mean distance from the number",
              Figure.Unit.NUMBER,
              Figure.Better.LOWER,
              0,
              0,
              error));
    }

    @Override
    public Optional<String> lossMeaning() {
      return Optional.of("mean squared error");
    }

    @Override
    public List<String> notes() {
      return List.of("Numbers are halves of labels.");
    }

    @Override
    public List<Section> sections() {
      Bars.Row row = new Bars.Row("all", error, Double.NaN, "" + error, "of all images");
      return List.of(
          new Section(
              "Error",
              "Of all images.",
              Section.Layout.COLUMNS,
              List.of(new Bars("Mean absolute error", List.of(row), error))));
    }

    @Override
    public Map<String, String> settings() {
      return Map.of();
    }

    @Override
    public Optional<Bars> afterTimesteps() {
      return Optional.empty();
    }

    @Override
    public List<Part> parts() {
      return List.of();
    }

    @Override
    public Optional<String> remark() {
      return Optional.empty();
    }

    @Override
    public Map<String, Object> summary() {
      return Map.of("error", error);
    }

    @Override
    public ObjectNode fields() {
      ObjectNode fields = MAPPER.createObjectNode();
      fields.putObject("number").put("samples", samples).put("error", error);
      return fields;
    }
  }
}
