package io.spikeformer.jobs.infer;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.spikeformer.common.Labels;
import io.spikeformer.data.npy.NpyWriter;
import io.spikeformer.data.output.PlaceContent;
import io.spikeformer.data.sample.Rejection;
import io.spikeformer.jobs.infer.Predictions.Guess;
import io.spikeformer.jobs.infer.Predictions.Prediction;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.csv.CSVFormat;

/** How predictions are written. */
public enum PredictionFormat {
  /** The logits alone, float32 [images, classes]. */
  NPY(PlaceContent.ARRAY),
  /** A line for each image, with a heading. */
  CSV(PlaceContent.TEXT),
  /** One object. */
  JSON(PlaceContent.JSON),
  /** An object a line for each image. */
  JSONL(PlaceContent.JSON);

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final CSVFormat TABLE =
      CSVFormat.RFC4180.builder().setRecordSeparator('\n').build();

  private final PlaceContent content;

  PredictionFormat(PlaceContent content) {
    this.content = content;
  }

  /** The format that a file name's ending says. */
  static Optional<PredictionFormat> ofName(String file) {
    String name = file.toLowerCase(Locale.ROOT);
    return Arrays.stream(values())
        .filter(format -> name.endsWith("." + format.label()))
        .findFirst();
  }

  /**
   * The format of a word of the command line.
   *
   * @throws IllegalArgumentException for any other word, naming the accepted ones
   */
  public static PredictionFormat of(String label) {
    return Labels.find("format", values(), PredictionFormat::label, label.toLowerCase(Locale.ROOT));
  }

  private String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Its kind for the check of outputs. */
  PlaceContent content() {
    return content;
  }

  /** Writes predictions; the stream stays open. */
  void write(Predictions predictions, OutputStream out) throws IOException {
    switch (this) {
      case NPY -> NpyWriter.write(out, predictions.logits());
      case CSV -> out.write(csv(predictions).getBytes(StandardCharsets.UTF_8));
      case JSON -> {
        out.write(MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(object(predictions)));
        out.write('\n');
      }
      case JSONL -> {
        for (Map<String, ?> line : lines(predictions)) {
          out.write(MAPPER.writeValueAsBytes(line));
          out.write('\n');
        }
      }
    }
  }

  private static String csv(Predictions predictions) throws IOException {
    StringBuilder text = new StringBuilder();
    List<Object> heading = new ArrayList<>(List.of("key"));
    for (int rank = 1; rank <= predictions.most(); rank++) {
      String number = rank == 1 ? "" : "" + rank;
      heading.add("class" + number);
      if (predictions.named()) {
        heading.add("name" + number);
      }
      heading.add("probability" + number);
    }
    int logits = predictions.images().stream().mapToInt(i -> i.logits().length).max().orElse(0);
    for (int label = 0; label < logits; label++) {
      heading.add("logit" + label);
    }
    heading.add("rejected");
    TABLE.printRecord(text, heading.toArray());
    for (Prediction image : predictions.images()) {
      List<Object> row = new ArrayList<>(List.of(image.key()));
      for (Guess guess : image.best()) {
        row.add(guess.label());
        if (predictions.named()) {
          row.add(predictions.classes().get(guess.label()));
        }
        row.add(guess.probability());
      }
      for (float logit : image.logits()) {
        row.add(logit);
      }
      row.add("");
      TABLE.printRecord(text, row.toArray());
    }
    for (Rejection file : predictions.rejected()) {
      Object[] row = new Object[heading.size()];
      Arrays.fill(row, "");
      row[0] = file.path();
      row[row.length - 1] = file.reason();
      TABLE.printRecord(text, row);
    }
    return text.toString();
  }

  /** Predictions as one object. */
  static Map<String, Object> object(Predictions predictions) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("classes", predictions.classes());
    object.put("images", predictions.images().stream().map(i -> image(predictions, i)).toList());
    object.put("rejected", rejected(predictions.rejected()));
    return object;
  }

  /** Files that are no usable images, and why. */
  static List<Map<String, String>> rejected(List<Rejection> files) {
    return files.stream().map(PredictionFormat::rejection).toList();
  }

  private static List<Map<String, ?>> lines(Predictions predictions) {
    List<Map<String, ?>> lines = new ArrayList<>();
    predictions.images().forEach(image -> lines.add(image(predictions, image)));
    lines.addAll(rejected(predictions.rejected()));
    return lines;
  }

  private static Map<String, String> rejection(Rejection file) {
    Map<String, String> object = new LinkedHashMap<>();
    object.put("key", file.path());
    object.put("rejected", file.reason());
    return object;
  }

  private static Map<String, Object> image(Predictions predictions, Prediction image) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("key", image.key());
    object.putAll(guess(predictions, image.best().get(0)));
    object.put("top", image.best().stream().map(guess -> guess(predictions, guess)).toList());
    if (image.logits().length > 0) {
      object.put("logits", image.logits());
    }
    return object;
  }

  private static Map<String, Object> guess(Predictions predictions, Guess guess) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("class", guess.label());
    if (predictions.named()) {
      object.put("name", predictions.classes().get(guess.label()));
    }
    object.put("probability", guess.probability());
    return object;
  }
}
