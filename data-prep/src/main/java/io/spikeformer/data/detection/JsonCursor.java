package io.spikeformer.data.detection;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import io.spikeformer.common.StorageException;
import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Steps through a JSON file token by token; every failure names file, line and byte. */
final class JsonCursor implements AutoCloseable {
  private static final int MAX_TEXT = 16 << 20;
  private static final int MAX_DEPTH = 64;
  private static final int MAX_DIGITS = 1000;
  private static final int MAX_SHOWN = 40;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .configure(JsonFactory.Feature.INTERN_FIELD_NAMES, false)
          // what Python writes for numbers that JSON has not: refused where such a number counts
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxStringLength(MAX_TEXT)
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNumberLength(MAX_DIGITS)
                  .build())
          .build();

  private static final Pattern TOKEN = Pattern.compile("\\S+ token '([^']*)'.*");
  private static final Pattern CHARACTER = Pattern.compile("\\('(.)' \\(code \\d+\\)\\)");

  /** Jackson's hints for programmers, which follow the fault: features, alternatives, places. */
  private static final Pattern ADVICE = Pattern.compile("(: enable|: was expecting| \\(|;).*");

  private final JsonParser parser;
  private final String file;

  /** The element that is being read, once its id is known. */
  private String element = "";

  /** Reads from the start of a file; closing closes the stream. */
  JsonCursor(InputStream stream, String file) {
    this.file = file;
    try {
      this.parser = JSON.createParser(stream);
    } catch (IOException failure) {
      throw new StorageException(failure, "cannot read %s: %s", file, failure.getMessage());
    }
  }

  /** The next token, null at the end of the file. */
  JsonToken next() {
    try {
      return parser.nextToken();
    } catch (IOException failure) {
      throw unreadable(failure);
    }
  }

  /** Steps to the next token, which has to be of a kind. */
  void expect(JsonToken token, String what) {
    if (next() != token) {
      throw unexpected(what);
    }
  }

  /** Refuses a current token of another kind. */
  void requireCurrent(JsonToken token, String what) {
    if (parser.currentToken() != token) {
      throw unexpected(what);
    }
  }

  /** The next field's name, null at the end of the object. */
  String nextField() {
    JsonToken token = next();
    if (token == JsonToken.END_OBJECT) {
      return null;
    }
    if (token != JsonToken.FIELD_NAME) {
      throw unexpected("a field");
    }
    return name();
  }

  /** Reads the value of a field. */
  @FunctionalInterface
  interface FieldReader {
    void read(String field);
  }

  /**
   * Reads the fields of the object that was entered, to its end. A value that its field cannot have
   * is passed over, and what follows is read all the same.
   *
   * @param reader reads or skips each value
   * @return the first fault, null if there is none
   */
  String fields(FieldReader reader) {
    JsonStreamContext object = parser.getParsingContext();
    String fault = null;
    for (String field = nextField(); field != null; field = nextField()) {
      try {
        reader.read(field);
      } catch (InvalidValueException wrong) {
        fault = fault == null ? wrong.reason() : fault;
        while (parser.getParsingContext() != object) {
          next();
        }
      }
    }
    return fault;
  }

  /** Names the element that is being read, for failures inside it. */
  void enter(String what) {
    element = what;
  }

  /** Whether another element of an array of objects follows; steps into it. */
  boolean nextElement(String what) {
    element = "";
    JsonToken token = next();
    if (token == JsonToken.END_ARRAY) {
      return false;
    }
    if (token != JsonToken.START_OBJECT) {
      throw unexpected(what);
    }
    return true;
  }

  /** Passes over the next value. */
  void skip() {
    int depth = 0;
    do {
      JsonToken token = next();
      if (token == null) {
        throw unexpected("a value");
      }
      depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
    } while (depth > 0);
  }

  /** The next value, a whole number. */
  long integer(String what) {
    next();
    return currentInteger(what);
  }

  /** The current value, a whole number; {@code 7.0} is one. */
  long currentInteger(String what) {
    try {
      if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT) {
        return parser.getLongValue();
      }
      if (parser.currentToken() == JsonToken.VALUE_NUMBER_FLOAT && !parser.isNaN()) {
        return wholeNumber(parser.getDecimalValue(), what);
      }
    } catch (IOException tooLarge) {
      throw unexpected(Text.format("%s, a whole number of 64 bits", what));
    }
    throw unexpected(Text.format("%s, a whole number", what));
  }

  private long wholeNumber(BigDecimal number, String what) {
    // the exponent is unbounded: no digits are written out
    boolean fraction = number.signum() != 0 && number.stripTrailingZeros().scale() > 0;
    if (fraction) {
      throw unexpected(Text.format("%s, a whole number", what));
    }
    try {
      return number.longValueExact();
    } catch (ArithmeticException tooLarge) {
      throw unexpected(Text.format("%s, a whole number of 64 bits", what));
    }
  }

  /** The current value, a finite number. */
  double currentNumber(String what) {
    try {
      if (parser.currentToken() != null && parser.currentToken().isNumeric()) {
        double value = parser.getDoubleValue();
        if (Double.isFinite(value)) {
          return value;
        }
      }
    } catch (IOException damage) {
      throw unexpected(Text.format("%s, a number", what));
    }
    throw unexpected(Text.format("%s, a finite number", what));
  }

  /** The next value, a text. */
  String text(String what) {
    expect(JsonToken.VALUE_STRING, what);
    return currentText();
  }

  /** The current value as text. */
  String currentText() {
    try {
      return parser.getText();
    } catch (IOException failure) {
      throw unreadable(failure);
    }
  }

  /** Failure: something else stands here. */
  InvalidValueException unexpected(String expected) {
    JsonToken token = parser.currentToken();
    return invalid(
        Text.format(
            "expected %s, found %s",
            expected, token == null ? "the end of the file; give a whole one" : describe(token)));
  }

  /** Failure: a value that its field cannot have. */
  InvalidValueException invalid(String reason) {
    return new InvalidValueException(place(), reason);
  }

  /** Failure at the current place. */
  UserException fault(String reason) {
    return new UserException("%s: %s", place(), reason);
  }

  /** {@code instances.json, line 1, byte 4711}. */
  String place() {
    return place(location());
  }

  /** The place of a location. */
  String place(JsonLocation location) {
    return Text.format(
        "%s, line %d, byte %d", file, location.getLineNr(), Math.max(0, location.getByteOffset()));
  }

  /** Where the current token begins. */
  JsonLocation location() {
    return parser.currentTokenLocation();
  }

  private UserException unreadable(IOException failure) {
    if (failure instanceof JsonProcessingException damage) {
      String within = element.isEmpty() ? "" : element + ", ";
      return new UserException(
          failure,
          "damaged JSON in %s (%s%s): %s; %s",
          place(),
          within,
          parser.getParsingContext().pathAsPointer(),
          plain(damage),
          remedy(damage));
    }
    return new StorageException(failure, "cannot read %s: %s", place(), failure.getMessage());
  }

  private static String remedy(JsonProcessingException damage) {
    return damage instanceof JsonEOFException
        ? "the file ends too early: copy or write it again"
        : "correct it there, or write the file again";
  }

  /** The parser's reason in words of the file, in one line. */
  private static String plain(JsonProcessingException damage) {
    if (damage instanceof StreamConstraintsException) {
      return Text.format(
          "expected numbers of at most %d digits, texts of at most %d characters and %d levels,"
              + " found more",
          MAX_DIGITS, MAX_TEXT, MAX_DEPTH);
    }
    String reason = damage.getOriginalMessage().lines().findFirst().orElse("");
    Matcher token = TOKEN.matcher(reason);
    if (token.matches()) {
      return "expected a value of JSON, numbers finite, found " + shortened(token.group(1));
    }
    return ADVICE.matcher(CHARACTER.matcher(reason).replaceAll("'$1'")).replaceFirst("");
  }

  private String name() {
    try {
      return parser.getCurrentName();
    } catch (IOException failure) {
      throw unreadable(failure);
    }
  }

  private String describe(JsonToken token) {
    return switch (token) {
      case START_OBJECT -> "an object";
      case START_ARRAY -> "an array";
      case END_OBJECT -> "the end of the object";
      case END_ARRAY -> "the end of the array";
      case FIELD_NAME -> Text.format("the field '%s'", shortened());
      case VALUE_STRING -> Text.format("the text '%s'", shortened());
      default -> shortened();
    };
  }

  private String shortened() {
    return shortened(currentText());
  }

  private static String shortened(String text) {
    return text.length() > MAX_SHOWN ? text.substring(0, MAX_SHOWN) + "..." : text;
  }

  @Override
  public void close() {
    try {
      parser.close();
    } catch (IOException failure) {
      throw new StorageException(failure, "cannot close %s: %s", file, failure.getMessage());
    }
  }
}
