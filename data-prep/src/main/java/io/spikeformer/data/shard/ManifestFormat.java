package io.spikeformer.data.shard;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.spikeformer.common.UserException;
import io.spikeformer.data.sample.ContentKind;
import io.spikeformer.data.sample.TruthKind;
import io.spikeformer.data.storage.Storage;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.fs.Path;

/** Reads and writes manifests and lists of rejected files as JSON. */
public final class ManifestFormat {
  private static final int MANIFEST_LIMIT = 64 << 20;
  private static final String SHORT_SIDE = "shortSide";
  private static final String TEACHER = "teacher";
  private static final String NOTED = "noted";
  private static final String TASK = "task";
  private static final String CONTENT = "content";
  private static final String KIND = "kind";

  /** Up to version 4 the task of class labels on event frames. */
  private static final String EVENTS = "events";

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .build();

  private ManifestFormat() {}

  /**
   * The manifest of a prepared split.
   *
   * @param storage where to read
   * @param folder of the split
   * @throws UserException if there is none, or it is damaged or of another schema version
   */
  public static ShardManifest read(Storage storage, Path folder) {
    Path file = new Path(folder, ShardManifest.FILE);
    if (!storage.exists(file)) {
      throw new UserException(
          "no prepared split in %s: expected %s there, found none; run prepare for it, or give"
              + " the folder of the split itself, such as OUTPUT/train",
          folder, ShardManifest.FILE);
    }
    return parse(storage.read(file, MANIFEST_LIMIT), file);
  }

  private static ShardManifest parse(byte[] bytes, Path file) {
    try {
      JsonNode json = JSON.readTree(bytes);
      int version = json.path("schemaVersion").asInt(-1);
      if (version < 1 || version > ShardManifest.SCHEMA_VERSION) {
        throw new UserException(
            "manifest of another schema: expected version 1 to %d, found %s in %s; prepare the"
                + " data again",
            ShardManifest.SCHEMA_VERSION, json.path("schemaVersion"), file);
      }
      if (version < ShardManifest.SCHEMA_VERSION) {
        upgrade((ObjectNode) json);
      }
      gatherKind((ObjectNode) json);
      return JSON.treeToValue(json, ShardManifest.class);
    } catch (IOException failure) {
      throw new UserException(
          failure, "damaged manifest %s: %s; prepare the data again", file, reason(failure));
    }
  }

  /** Rewrites a manifest of an earlier version in the form of this one. */
  private static void upgrade(ObjectNode manifest) {
    manifest.put("schemaVersion", ShardManifest.SCHEMA_VERSION);
    manifest.putIfAbsent(NOTED, manifest.numberNode(0));
    boolean events = manifest.path(TASK).asText().equals(EVENTS);
    if (events) {
      manifest.put(TASK, TruthKind.CLASS_LABEL.task());
    }
    manifest.put(CONTENT, (events ? ContentKind.EVENTS : ContentKind.IMAGE).id());
    upgradeSource(manifest.path("source"));
  }

  /** Two entries of the file are one of the record. */
  private static void gatherKind(ObjectNode manifest) {
    ObjectNode kind = manifest.putObject(KIND);
    for (String entry : List.of(TASK, CONTENT)) {
      JsonNode value = manifest.remove(entry);
      if (value != null) {
        kind.set(entry, value);
      }
    }
  }

  private static ObjectNode spreadKind(ShardManifest manifest) {
    ObjectNode record = JSON.valueToTree(manifest);
    ObjectNode file = JSON.createObjectNode();
    record
        .fields()
        .forEachRemaining(
            field -> {
              if (field.getKey().equals(KIND)) {
                file.setAll((ObjectNode) field.getValue());
              } else {
                file.set(field.getKey(), field.getValue());
              }
            });
    return file;
  }

  private static void upgradeSource(JsonNode source) {
    if (source instanceof ObjectNode fields) {
      fields.putIfAbsent(TEACHER, fields.nullNode());
    }
    if (source instanceof ObjectNode fields && fields.path(SHORT_SIDE).isInt()) {
      int shortSide = fields.remove(SHORT_SIDE).intValue();
      ObjectNode settings = fields.put("dataset", "imagenet").putObject("settings");
      if (shortSide > 0) {
        settings.put(SHORT_SIDE, Integer.toString(shortSide));
      }
    }
  }

  /** The source that an unfinished conversion noted, in this version or one before. */
  public static ShardManifest.Source readSource(String json) {
    JsonNode fields = fromJson(json, JsonNode.class);
    upgradeSource(fields);
    return fromJson(fields.toString(), ShardManifest.Source.class);
  }

  /** Writes a manifest beside its shards, whole or not at all. */
  public static void write(Storage storage, Path folder, ShardManifest manifest) {
    storage.write(
        new Path(folder, ShardManifest.FILE),
        stream -> {
          stream.write(
              JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(spreadKind(manifest)));
          stream.write('\n');
        });
  }

  /** Writes a list of records, such as the rejected files, one JSON object a line. */
  public static void writeLines(Storage storage, Path file, List<? extends Record> records) {
    storage.write(
        file,
        stream -> {
          for (Record line : records) {
            stream.write(JSON.writeValueAsBytes(line));
            stream.write('\n');
          }
        });
  }

  /** A record as JSON on one line. */
  public static String toJson(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** Reads back what {@link #toJson} wrote. */
  public static <T> T fromJson(String json, Class<T> type) {
    try {
      return JSON.readValue(json, type);
    } catch (JsonProcessingException failure) {
      throw new UserException(
          failure, "damaged JSON of %s: %s", type.getSimpleName(), reason(failure));
    }
  }

  private static String reason(IOException failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String message =
        root instanceof JsonProcessingException json
            ? json.getOriginalMessage()
            : String.valueOf(root.getMessage());
    // Jackson's own advice to programmers follows the first semicolon
    return message.lines().findFirst().orElse("").replaceFirst(";.*", "");
  }
}
