package io.spikeformer.train.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.util.StringQuotingChecker;
import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.text.Characters;
import java.math.BigInteger;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.resolver.ScalarResolver;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/**
 * Reads one YAML 1.2 document by its core schema: {@code no} and {@code off} are texts, {@code 012}
 * is twelve, an alias is what it names. Features that recipes have no use for are refused: tags,
 * merge keys, keys that are no texts, infinite numbers.
 */
final class RecipeYaml {
  /** More than any recipe has, aliases counted each time. */
  private static final int MAX_NODES = 10_000;

  private static final int MAX_DEPTH = 50;

  private static final String TAB = "\\t(TAB)";
  private static final Pattern MARKER = Pattern.compile("(?m)^(?:---|\\.\\.\\.)(?:\\s|$)");
  private static final JsonNodeFactory VALUES = JsonNodeFactory.instance;
  private static final LoadSettings SETTINGS =
      LoadSettings.builder().setSchema(new CoreSchema()).build();
  private static final ScalarResolver RESOLVER = SETTINGS.getSchema().getScalarResolver();

  private final String yaml;
  private final String source;
  private final Set<Node> open = Collections.newSetFromMap(new IdentityHashMap<>());
  private int nodes;

  private RecipeYaml(String yaml, String source) {
    this.yaml = yaml;
    this.source = source;
  }

  /**
   * Reads a document.
   *
   * @param yaml text
   * @param source what it is and where it comes from, for messages
   * @return a null node for null, a missing node if there is no document
   * @throws UserException in one line: what is no YAML, and where
   */
  static JsonNode read(String yaml, String source) {
    return new RecipeYaml(yaml, source).read();
  }

  private JsonNode read() {
    try {
      requireShallow();
      Optional<Node> root = new Compose(SETTINGS).composeString(yaml);
      return root.isPresent() ? tree(root.get()) : VALUES.missingNode();
    } catch (MarkedYamlEngineException e) {
      throw damaged(e);
    } catch (YamlEngineException e) {
      throw new UserException(e, "%s: expected YAML, found: %s", source, oneLine(e.getMessage()));
    }
  }

  /** Refuses deep nesting: the code that composes a tree calls itself for every level. */
  private void requireShallow() {
    int depth = 0;
    for (Event event : new Parse(SETTINGS).parseString(yaml)) {
      if (event instanceof CollectionStartEvent && ++depth > MAX_DEPTH) {
        throw fault(
            event.getStartMark(),
            Text.format("expected at most %d levels of sections or lists, found more", MAX_DEPTH));
      } else if (event instanceof CollectionEndEvent) {
        depth--;
      }
    }
  }

  /** Puts those texts into quotes that would be read as something else without them. */
  static StringQuotingChecker quotes() {
    return new Quotes();
  }

  private static final class Quotes extends StringQuotingChecker.Default {
    private static final long serialVersionUID = 1;

    @Override
    public boolean needToQuoteValue(String value) {
      return super.needToQuoteValue(value) || !RESOLVER.resolve(value, true).equals(Tag.STR);
    }
  }

  private JsonNode tree(Node node) {
    nodes++;
    if (nodes > MAX_NODES) {
      throw fault(node, Text.format("expected at most %d values, found more", MAX_NODES));
    }
    if (node instanceof ScalarNode scalar) {
      return value(scalar);
    }
    if (!open.add(node)) {
      throw fault(node, "expected an alias of something else, found one inside of what it names");
    }
    JsonNode tree =
        node instanceof MappingNode mapping ? section(mapping) : list((SequenceNode) node);
    open.remove(node);
    return tree;
  }

  private ObjectNode section(MappingNode mapping) {
    requireTag(mapping, Tag.MAP);
    ObjectNode section = VALUES.objectNode();
    for (NodeTuple entry : mapping.getValue()) {
      if (!(entry.getKeyNode() instanceof ScalarNode key)) {
        throw fault(entry.getKeyNode(), "expected a name in front of ':', found something else");
      }
      String name = key.getValue();
      if (name.equals("<<")) {
        throw fault(key, "expected keys, found the merge key <<, which YAML 1.2 does not have");
      }
      if (section.has(name)) {
        throw fault(
            key,
            Text.format("expected each key once, found '%s' again", Characters.named(name, 100)));
      }
      section.set(name, tree(entry.getValueNode()));
    }
    return section;
  }

  private ArrayNode list(SequenceNode sequence) {
    requireTag(sequence, Tag.SEQ);
    ArrayNode list = VALUES.arrayNode();
    sequence.getValue().forEach(element -> list.add(tree(element)));
    return list;
  }

  private void requireTag(Node node, Tag expected) {
    if (!node.getTag().equals(expected)) {
      throw fault(node, "expected no tags, found " + node.getTag());
    }
  }

  private JsonNode value(ScalarNode scalar) {
    String text = scalar.getValue();
    Tag tag = scalar.getTag();
    if (tag.equals(Tag.STR)) {
      return VALUES.textNode(text);
    }
    requireTag(scalar, RESOLVER.resolve(text, true));
    if (tag.equals(Tag.NULL)) {
      return VALUES.nullNode();
    } else if (tag.equals(Tag.BOOL)) {
      return VALUES.booleanNode(Boolean.parseBoolean(text));
    } else if (tag.equals(Tag.INT)) {
      return whole(text);
    }
    String digits = text.toLowerCase(Locale.ROOT);
    boolean named = digits.endsWith("inf") || digits.endsWith("nan");
    double number = named ? Double.NaN : Double.parseDouble(digits);
    if (!Double.isFinite(number)) {
      throw fault(scalar, "expected a finite number, found " + text);
    }
    return VALUES.numberNode(number);
  }

  /** Decimal for any first digits except 0o and 0x. */
  private static JsonNode whole(String text) {
    BigInteger number =
        text.startsWith("0o")
            ? new BigInteger(text.substring(2), 8)
            : text.startsWith("0x") ? new BigInteger(text.substring(2), 16) : new BigInteger(text);
    return number.bitLength() < Integer.SIZE
        ? VALUES.numberNode(number.intValue())
        : number.bitLength() < Long.SIZE
            ? VALUES.numberNode(number.longValue())
            : VALUES.numberNode(number);
  }

  private UserException damaged(MarkedYamlEngineException e) {
    String problem = oneLine(e.getProblem()).replaceFirst(" \\(Do not use .*", "");
    boolean more = problem.startsWith("expected '<document start>'");
    String before = yaml.substring(0, e.getProblemMark().map(this::index).orElse(0));
    String told = "expected YAML, found: " + problem;
    if (problem.contains(TAB)) {
      told = "expected spaces, found a tab (U+0009); write spaces in its place";
    } else if (problem.equals("but found another document")
        || more && MARKER.matcher(before).find()) {
      told = "expected one YAML document, found another; take out what does not belong to it";
    } else if (more) {
      told = "expected keys of one level in one column, found one further to the left";
    }
    return fault(e.getProblemMark(), told);
  }

  /** Where a mark is in the text, whose characters outside of the basic plane it counts once. */
  private int index(Mark mark) {
    return yaml.offsetByCodePoints(
        0, Math.min(mark.getIndex(), yaml.codePointCount(0, yaml.length())));
  }

  private UserException fault(Node node, String what) {
    return fault(node.getStartMark(), what);
  }

  private UserException fault(Optional<Mark> place, String what) {
    // a text of --set is one line
    String where =
        yaml.contains("\n") ? place.map(mark -> " line " + (mark.getLine() + 1)).orElse("") : "";
    return new UserException(source + where + ": " + what);
  }

  private static String oneLine(String message) {
    return Characters.named(String.valueOf(message).lines().findFirst().orElse("nothing readable"));
  }
}
