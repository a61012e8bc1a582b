package io.spikeformer.train.recipe;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.text.Characters;
import io.spikeformer.tasks.Tasks;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Reads recipes: YAML over the defaults of {@code recipe-defaults.yaml}, then {@code key=value}
 * overrides. A key that the defaults do not have is an error, and so is an impossible value.
 */
public final class RecipeReader {
  /** Keys whose value names a file or folder: on the command line that is the text as it stands. */
  private static final Set<String> PLACES = Set.of("initialise-from", "distillation.teacher");

  /** Values that are hardly a path: nothing, null, or a text in quotes. */
  private static final Pattern YAML_IN_A_PLACE =
      Pattern.compile("\\s*|null|~|\"(?:[^\"\\\\]|\\\\.)*\"|'[^']*'");

  private static final String DEFAULTS = "recipe-defaults.yaml";
  private static final String TEXT = "text";
  private static final List<String> WITHOUT_INFLUENCE = List.of("checkpoint", "watch", "recompute");

  /**
   * The meaning of recipes that were written before these keys existed, for example in checkpoints.
   */
  private static final String BEFORE_AUGMENTATION =
      """
      interpolation: bicubic
      rand-augment: none
      colour-jitter: [0.0, 0.0, 0.0, 0.0]
      random-erasing: 0.0
      events: {horizontal-flip: 0.0, crop-padding: 0, roll: 0, drop: 0.0}
      """;

  private static final ObjectMapper MAPPER = mapper(CoercionAction.Fail);

  /** Reads what wrote a text such as 2024 without quotes. */
  private static final ObjectMapper EARLIER = mapper(CoercionAction.TryConvert);

  private RecipeReader() {}

  /** Reads recipes, with one way to treat a number or a truth value where a text is expected. */
  private static ObjectMapper mapper(CoercionAction numbersAsText) {
    YAMLFactory yaml = YAMLFactory.builder().stringQuotingChecker(RecipeYaml.quotes()).build();
    YAMLMapper mapper =
        YAMLMapper.builder(yaml)
            .propertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
            .build();
    mapper
        .coercionConfigDefaults()
        .setCoercion(CoercionInputShape.EmptyString, CoercionAction.Fail);
    for (LogicalType number : List.of(LogicalType.Integer, LogicalType.Float)) {
      mapper
          .coercionConfigFor(number)
          .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail)
          .setCoercion(CoercionInputShape.EmptyString, CoercionAction.Fail);
    }
    mapper
        .coercionConfigFor(LogicalType.Textual)
        .setCoercion(CoercionInputShape.Integer, numbersAsText)
        .setCoercion(CoercionInputShape.Float, numbersAsText)
        .setCoercion(CoercionInputShape.Boolean, numbersAsText);
    return mapper;
  }

  /**
   * Reads a recipe.
   *
   * @param yaml text; empty for the defaults
   * @param source name for messages: the file's path
   * @param overrides {@code section.key=value}, applied last, in order; values are YAML, but a
   *     place is the text as it stands
   * @throws UserException in one line: an unknown key with the accepted ones, a value of another
   *     type, an impossible value
   */
  public static Recipe read(String yaml, String source, List<String> overrides) {
    return bind(MAPPER, tree(parse(yaml, source), source, overrides), "recipe " + source);
  }

  /** Reads what {@link #write} wrote, now or before it put such texts as 2024 into quotes. */
  static Recipe readWritten(String yaml, String source) {
    return bind(EARLIER, tree(parse(yaml, source), source, List.of()), "recipe " + source);
  }

  /**
   * Reads the recipe of a checkpoint. A key that is newer than the checkpoint has the value that
   * its training had, which need not be today's default.
   *
   * @throws UserException as {@link #read}
   */
  public static Recipe readEarlier(String yaml) {
    String source = "of the checkpoint";
    JsonNode given = parse(yaml, source);
    completeAugmentation(given);
    return bind(EARLIER, tree(given, source, List.of()), "recipe " + source);
  }

  /** The task of a checkpoint's recipe: classification where there is none, or no task in it. */
  public static String taskOf(String recipe) {
    return parse(recipe, "of the checkpoint").path("task").asText(Tasks.CLASSIFICATION);
  }

  /**
   * Every key with the value that the recipe has for it and where that comes from, in the order of
   * the defaults.
   *
   * @throws UserException as {@link #read}
   */
  public static List<RecipeValue> explain(String yaml, String source, List<String> overrides) {
    JsonNode file = parse(yaml, source);
    ObjectNode tree = tree(file, source, overrides);
    Set<String> flags = new HashSet<>();
    overrides.forEach(override -> flags.add(override.substring(0, override.indexOf('='))));
    List<RecipeValue> values = new ArrayList<>();
    collect(tree, file, "", flags, values);
    return values;
  }

  private static void collect(
      ObjectNode tree, JsonNode file, String path, Set<String> flags, List<RecipeValue> values) {
    for (Map.Entry<String, JsonNode> field : tree.properties()) {
      String key = path.isEmpty() ? field.getKey() : path + "." + field.getKey();
      JsonNode given = file.path(field.getKey());
      if (field.getValue() instanceof ObjectNode section) {
        collect(section, given, key, flags, values);
      } else {
        RecipeValue.Source source =
            flags.contains(key)
                ? RecipeValue.Source.FLAG
                : given.isMissingNode() ? RecipeValue.Source.DEFAULT : RecipeValue.Source.FILE;
        values.add(new RecipeValue(key, text(field.getValue()), source));
      }
    }
  }

  /** The defaults, under the recipe, under the overrides. */
  private static ObjectNode tree(JsonNode given, String source, List<String> overrides) {
    ObjectNode tree = defaults();
    if (!given.isMissingNode() && !given.isNull()) {
      merge(tree, given, "", "recipe " + source);
    }
    for (String override : overrides) {
      apply(tree, override);
    }
    return tree;
  }

  /** The whole recipe as YAML. */
  static String write(Recipe recipe) {
    try {
      return MAPPER.writeValueAsString(recipe);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("recipe: cannot be written as YAML", e);
    }
  }

  /**
   * The differences of two recipes, or two model configurations, as {@code key: VALUE, now VALUE};
   * keys without influence on the result are left out.
   */
  public static List<String> differences(String before, String now) {
    List<String> found = new ArrayList<>();
    ObjectNode earlier = (ObjectNode) parse(before, "of the checkpoint");
    ObjectNode later = (ObjectNode) parse(now, "of this run");
    for (ObjectNode recipe : List.of(earlier, later)) {
      recipe.remove(WITHOUT_INFLUENCE);
      if (recipe.get("averaging") instanceof ObjectNode averaging) {
        averaging.remove("elastic");
      }
    }
    compare(earlier, later, "", found);
    return found;
  }

  private static void completeAugmentation(JsonNode earlier) {
    if (earlier.at("/data/training") instanceof ObjectNode training) {
      for (Map.Entry<String, JsonNode> field : parse(BEFORE_AUGMENTATION, "").properties()) {
        training.putIfAbsent(field.getKey(), field.getValue());
      }
    }
  }

  private static void compare(JsonNode before, JsonNode now, String path, List<String> found) {
    Iterator<String> names = now.fieldNames();
    while (names.hasNext()) {
      String name = names.next();
      JsonNode earlier = before.path(name);
      JsonNode later = now.path(name);
      if (earlier.isObject() && later.isObject()) {
        compare(earlier, later, path + name + ".", found);
      } else if (!earlier.equals(later)) {
        found.add(path + name + ": " + text(earlier) + ", now " + text(later));
      }
    }
  }

  private static String text(JsonNode node) {
    return node.isMissingNode()
        ? "nothing"
        : Characters.named(node.isTextual() ? node.asText() : node.toString());
  }

  private static ObjectNode defaults() {
    try (InputStream in = RecipeReader.class.getResourceAsStream(DEFAULTS)) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return (ObjectNode) parse(text, DEFAULTS);
    } catch (IOException e) {
      throw new IllegalStateException("recipe: the defaults cannot be read", e);
    }
  }

  private static JsonNode parse(String yaml, String source) {
    return RecipeYaml.read(yaml, "recipe " + source);
  }

  private static void merge(ObjectNode tree, JsonNode given, String path, String source) {
    if (!given.isObject()) {
      throw new UserException(
          "%s: expected %s%s, found %s",
          source,
          path.isEmpty() ? "sections " : path + " to have the keys ",
          accepted(tree),
          text(given));
    }
    for (Map.Entry<String, JsonNode> field : given.properties()) {
      String key = path.isEmpty() ? field.getKey() : path + "." + field.getKey();
      JsonNode known = tree.get(field.getKey());
      if (known == null) {
        throw unknown(source, key, tree);
      }
      if (known.isObject()) {
        merge((ObjectNode) known, field.getValue(), key, source);
      } else {
        tree.set(field.getKey(), field.getValue());
      }
    }
  }

  private static void apply(ObjectNode tree, String override) {
    String source = "--set " + override;
    int equals = override.indexOf('=');
    if (equals < 1) {
      throw new UserException("%s: expected key=value", source);
    }
    String key = override.substring(0, equals);
    String[] names = key.split("\\.", -1);
    ObjectNode section = tree;
    for (int i = 0; i < names.length - 1; i++) {
      if (!(section.get(names[i]) instanceof ObjectNode inner)) {
        throw unknown(source, key, section);
      }
      section = inner;
    }
    String last = names[names.length - 1];
    JsonNode known = section.get(last);
    if (known == null) {
      throw unknown(source, key, section);
    }
    if (known instanceof ObjectNode inner) {
      throw new UserException(
          "%s: expected one of the keys %s of %s", source, accepted(inner), key);
    }
    String text = override.substring(equals + 1);
    JsonNode value =
        PLACES.contains(key) && !YAML_IN_A_PLACE.matcher(text).matches()
            ? TextNode.valueOf(text)
            : RecipeYaml.read(text, source);
    section.set(last, value.isMissingNode() ? NullNode.getInstance() : value);
  }

  private static UserException unknown(String source, String key, ObjectNode section) {
    return new UserException(
        "%s: unknown key '%s', expected one of %s",
        source, Characters.named(key), accepted(section));
  }

  private static String accepted(ObjectNode section) {
    List<String> names = new ArrayList<>();
    section.fieldNames().forEachRemaining(names::add);
    return String.join(", ", names);
  }

  private static Recipe bind(ObjectMapper mapper, ObjectNode tree, String source) {
    try {
      return mapper.treeToValue(tree, Recipe.class);
    } catch (ValueInstantiationException e) {
      String reason = e.getCause() == null ? firstLine(e) : e.getCause().getMessage();
      throw new UserException(e, "%s: %s", source, reason);
    } catch (MismatchedInputException e) {
      throw new UserException(e, "%s: %s", source, mismatch(e, tree));
    } catch (JsonProcessingException e) {
      throw new UserException(e, "%s: %s", source, firstLine(e));
    }
  }

  private static String mismatch(MismatchedInputException e, ObjectNode tree) {
    String key = key(e);
    JsonNode found = tree.at("/" + key.replace('.', '/'));
    String expected = typeName(e.getTargetType());
    // a shell takes the outer quotes off, a recipe has none
    String advice =
        expected.equals(TEXT) && found.isValueNode()
            ? Text.format(
                "; put it in quotes: %s: \"%s\", or --set '%s=\"%s\"'",
                key, found.asText(), key, found.asText())
            : "";
    return Text.format(
        "%s: expected %s, found %s%s",
        key, expected, (found.isTextual() ? "the text " : "") + text(found), advice);
  }

  private static String key(JsonMappingException e) {
    List<String> names = new ArrayList<>();
    for (JsonMappingException.Reference step : e.getPath()) {
      names.add(step.getFieldName() == null ? "" + step.getIndex() : step.getFieldName());
    }
    return String.join(".", names);
  }

  private static String typeName(Class<?> type) {
    if (type == int.class || type == Integer.class || type == long.class) {
      return "a whole number";
    } else if (type == double.class || type == Double.class) {
      return "a number";
    } else if (type == boolean.class || type == Boolean.class) {
      return "true or false";
    } else if (List.class.isAssignableFrom(type)) {
      return "a list";
    }
    return TEXT;
  }

  private static String firstLine(JsonProcessingException e) {
    return String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("nothing readable");
  }
}
