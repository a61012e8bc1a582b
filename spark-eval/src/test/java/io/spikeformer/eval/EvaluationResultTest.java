package io.spikeformer.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.spikeformer.common.UserException;
import io.spikeformer.tasks.classification.ClassMatching;
import io.spikeformer.tasks.classification.Confusion;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class EvaluationResultTest {
  private static final List<String> NAMES = List.of("cat", "dog", "ship", "truck", "deer", "frog");

  @Test
  void jsonRoundTripKeepsEverything() {
    EvaluationResult result = SampleResults.random(NAMES, 4);
    assertThat(EvaluationResult.fromJson(result.toJson())).isEqualTo(result);
  }

  @Test
  void resultsFromBeforeThereWereChecksumsAreRead() throws IOException {
    EvaluationResult result = SampleResults.random(NAMES, 4);
    ObjectNode json = (ObjectNode) new ObjectMapper().readTree(result.toJson());
    ObjectNode source = (ObjectNode) json.get("source");
    source.remove("checksum");
    assertThat(EvaluationResult.fromJson(json.toString())).isEqualTo(result);
    source.remove("classes");
    EvaluationResult older = EvaluationResult.fromJson(json.toString());
    assertThat(SampleResults.classes(older).matching()).isEqualTo(ClassMatching.UNCHECKED);
    assertThat(older.notes())
        .contains(
            "The names of the model's and the data's classes were not compared: they were taken for"
                + " the same, label by label.");
    source.remove("arithmetic");
    assertThat(EvaluationResult.fromJson(json.toString()).source().arithmetic()).isEmpty();
    source.remove("model");
    assertThatThrownBy(() -> EvaluationResult.fromJson(json.toString()))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("Missing creator property 'model'");
  }

  @Test
  void rowsOfSlotsHaveRatesThatAddUpToTheMeanInteger() throws IOException {
    EvaluationResult result = SampleResults.expanded(SampleResults.random(NAMES, 1));
    assertThat(EvaluationResult.fromJson(result.toJson())).isEqualTo(result);
    ObjectNode json = (ObjectNode) new ObjectMapper().readTree(result.toJson());
    JsonNode slots = json.at("/expansion/slots");
    assertThat(slots).hasSize(2);
    assertThat(slots.get(0).toString())
        .isEqualTo(
            "{\"layer\":\"stage1.downsample2\",\"neurons\":8,\"spikes\":[6,5,3,2],"
                + "\"meanInteger\":2.0,\"rates\":[0.75,0.625,0.375,0.25]}");
    assertThatThrownBy(() -> new SlotFiring("head", 4, List.of(1L, 2L)))
        .hasMessage("slots of head: expected 0 to 1 spikes, found 2");
    ((ObjectNode) json.get("expansion")).remove(List.of("slots", "answers"));
    EvaluationResult older = EvaluationResult.fromJson(json.toString());
    assertThat(older.expansion().orElseThrow().slots()).isEmpty();
    assertThat(older.expansion().orElseThrow().answers()).isEqualTo(1);
    assertThat(older.expansion().orElseThrow().additions()).containsEntry("head.linear", 10L);
  }

  @Test
  void resultsFromBeforeThereWereTasksAreRead() throws IOException {
    EvaluationResult result = SampleResults.random(NAMES, 4);
    ObjectNode json = (ObjectNode) new ObjectMapper().readTree(result.toJson());
    json.remove(List.of("task", "figures"));
    EvaluationResult older = EvaluationResult.fromJson(json.toString());
    assertThat(older).isEqualTo(result);
    assertThat(older.task()).isEqualTo("classification");
    json.put("task", "juggling");
    assertThatThrownBy(() -> EvaluationResult.fromJson(json.toString()))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "task: expected one of classification, detection, segmentation, found 'juggling'; use the release that knows it");
  }

  @Test
  void jsonNamesTheTaskAndItsFigures() throws IOException {
    EvaluationResult result = SampleResults.random(NAMES, 2);
    JsonNode json = new ObjectMapper().readTree(result.toJson());
    assertThat(json.get("task").asText()).isEqualTo("classification");
    JsonNode first = json.at("/figures/0");
    assertThat(first.get("name").asText()).isEqualTo("top1");
    assertThat(first.get("label").asText()).isEqualTo("Top-1 accuracy");
    assertThat(first.get("unit").asText()).isEqualTo("fraction");
    assertThat(first.get("better").asText()).isEqualTo("higher");
    assertThat(first.get("numerator").longValue()).isEqualTo(json.get("topOne").longValue());
    assertThat(first.get("denominator").longValue()).isEqualTo(result.samples());
    assertThat(json.at("/source/classes").asText()).isEqualTo("order");
  }

  @Test
  void jsonHoldsMetricsAndBothEnergies() throws IOException {
    EvaluationResult result = SampleResults.random(NAMES, 2);
    JsonNode json = new ObjectMapper().readTree(result.toJson());
    assertThat(json.get("accuracy").doubleValue()).isEqualTo(result.primary().value());
    assertThat(json.get("topFiveAccuracy").doubleValue())
        .isEqualTo(SampleResults.classes(result).topFiveAccuracy());
    assertThat(json.at("/classes/1/accuracy").doubleValue())
        .isEqualTo(SampleResults.classes(result).classes().get(1).accuracy());
    assertThat(json.at("/firing/0/rates")).hasSize(2);
    assertThat(json.at("/fused/millijoules").doubleValue()).isEqualTo(result.fused().millijoules());
    assertThat(json.at("/asExecuted/millijoules").doubleValue())
        .isPositive()
        .isLessThan(result.fused().millijoules());
  }

  @Test
  void keysStandInOneOrderWhateverJavaMakesOfIt() throws IOException {
    JsonNode json = new ObjectMapper().readTree(SampleResults.random(NAMES, 2).toJson());
    assertThat(json.fieldNames())
        .toIterable()
        .containsExactly(
            ("task source config samples loss figures notes topOne topFive topOneByTimestep"
                    + " calibration classes confusion accuracy accuracyByTimestep calibrationError"
                    + " modelClassesUsed topFiveAccuracy firing fused asExecuted firingRate")
                .split(" "));
    assertThat(json.get("fused").fieldNames())
        .toIterable()
        .containsExactly(
            ("convention constants timesteps layers attention annMillijoules"
                    + " annMillijoulesPerBlock annMillijoulesPerStage attentionMillijoules"
                    + " backboneMillijoules headMillijoules"
                    + " millijoules millijoulesPerBlock millijoulesPerPart millijoulesPerStage"
                    + " millijoulesPerTimestep synapticOperations")
                .split(" "));
    assertThat(json.at("/fused/layers/0").fieldNames())
        .toIterable()
        .containsExactly(
            ("part stage block layer operation macs rates millijoulesPerTimestep annMillijoules"
                    + " millijoules synapticOperations")
                .split(" "));
    assertThat(json.at("/firing/0").fieldNames())
        .toIterable()
        .containsExactly("layer", "spikes", "neurons", "averageRate", "rates");
  }

  @Test
  void undefinedMetricsSurviveJsonAndAreSaid() throws IOException {
    EvaluationCounts counts = SampleResults.counts(3, 1);
    SampleResults.add(counts, 0, new float[] {1, 0, 0}, new int[] {0}, 0.25);
    EvaluationResult result = SampleResults.result(counts, 3, 1);
    assertThat(SampleResults.classes(result).classes().get(1).accuracy()).isNaN();
    assertThat(result.notes())
        .containsExactly(
            "2 of 3 classes have no samples, their accuracy is undefined (NaN): class 1, class 2.",
            "2 of 3 classes were never predicted, their precision is undefined (NaN).",
            "With 3 classes, top-5 counts every sample.");
    assertThat(new ObjectMapper().readTree(result.toJson()).at("/classes/1/accuracy").asText())
        .isEqualTo("NaN");
    assertThat(EvaluationResult.fromJson(result.toJson())).isEqualTo(result);
  }

  @Test
  void resultWithoutSamplesIsUndefinedAndSaid() {
    EvaluationResult result = SampleResults.result(SampleResults.counts(10, 1), 10, 1);
    assertThat(result.primary().value()).isNaN();
    assertThat(result.loss().orElseThrow()).isNaN();
    assertThat(result.notes())
        .containsExactly("There are no samples: every metric is undefined (NaN).");
    assertThat(EvaluationResult.fromJson(result.toJson())).isEqualTo(result);
  }

  @Test
  void confusionKeepsNonzeroCells() {
    EvaluationResult result = SampleResults.random(NAMES, 1);
    assertThat(SampleResults.classes(result).confusion()).allMatch(cell -> cell.samples() > 0);
    assertThat(
            SampleResults.classes(result).confusion().stream().mapToLong(Confusion::samples).sum())
        .isEqualTo(result.samples());
  }

  @Test
  void aResultWithoutALossIsWrittenReadAndShownWithoutOne() {
    EvaluationResult result = SampleResults.withoutLoss(SampleResults.random(NAMES, 1));
    assertThat(result.toJson()).contains("\"loss\" : null");
    assertThat(EvaluationResult.fromJson(result.toJson())).isEqualTo(result);
    assertThat(result.notes()).noneMatch(note -> note.contains("loss"));
    assertThat(HtmlReport.render(result)).doesNotContain(">Loss<");
  }

  @Test
  void faultyJsonIsRefused() {
    assertThatThrownBy(() -> EvaluationResult.fromJson("{\"samples\": 3"))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith(
            "evaluation result: expected the JSON of an evaluation, found: Unexpected end-of-input")
        .hasMessageNotContaining("\n");
    assertThatThrownBy(() -> EvaluationResult.fromJson("{\"sample\": 3}"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("Missing creator property 'source'");
  }
}
