package io.spikeformer.data.events;

import io.spikeformer.common.Text;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * The beginning of an AEDAT 4.0 file: a line that names the version, then a FlatBuffer with the
 * compression, the place of the data table and an XML description of the streams.
 *
 * @param compression of all packets
 * @param end byte at which packets end and the data table begins; {@link Long#MAX_VALUE} if the
 *     file has no table and its packets end with it
 * @param stream the stream of events that is read
 * @param sensor its camera's size
 * @param choice what is to be said of the stream, where it is one of several and was not asked for
 */
record Aedat4Header(
    Aedat4Compression compression,
    long end,
    int stream,
    SensorSize sensor,
    Optional<String> choice) {
  static final String MAGIC = "#!AER-DAT4.0\r\n";
  private static final int MAX_HEADER = 16 << 20;
  private static final int MAX_DEPTH = 64;
  private static final String EVENTS = Aedat4Tables.EVENTS_IDENTIFIER;
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");

  /**
   * Reads the beginning of a file.
   *
   * @param wanted number of the stream of events; without one, the lowest
   */
  static Aedat4Header read(CountingStream input, OptionalInt wanted)
      throws IOException, InvalidEventsException {
    byte[] magic = input.readNBytes(MAGIC.length());
    if (!Arrays.equals(magic, MAGIC.getBytes(StandardCharsets.US_ASCII))) {
      throw input.fault(
          0,
          Text.format("expected an AEDAT 4.0 file (#!AER-DAT4.0), found '%s'", printable(magic)));
    }
    long start = input.offset();
    byte[] bytes;
    try {
      bytes = content(input, start);
    } catch (DamagedEventsException cut) {
      // no events stand in front of it
      throw new InvalidEventsException(cut.getMessage());
    }
    try {
      return interpret(new Aedat4Tables.Header(bytes), wanted, input, start);
    } catch (IndexOutOfBoundsException | IllegalArgumentException damaged) {
      throw input.fault(start, "header: expected a FlatBuffer IOHE, found damaged bytes");
    }
  }

  private static byte[] content(CountingStream input, long start)
      throws IOException, InvalidEventsException {
    byte[] size = new byte[4];
    input.readFully(size, size.length, "the header's size");
    int length = littleEndian(size);
    if (length < 8 || length > MAX_HEADER) {
      throw input.fault(
          start, Text.format("header: expected 8 to %d bytes, found %d", MAX_HEADER, length));
    }
    byte[] bytes = new byte[length];
    input.readFully(bytes, length, "the header");
    return bytes;
  }

  private static Aedat4Header interpret(
      Aedat4Tables.Header header, OptionalInt wanted, CountingStream input, long start)
      throws InvalidEventsException {
    Aedat4Compression[] known = Aedat4Compression.values();
    int compression = header.compression();
    if (compression < 0 || compression >= known.length) {
      throw input.fault(
          start,
          Text.format(
              "compression: expected 0 to %d (%s), found %d",
              known.length - 1, Arrays.toString(known), compression));
    }
    long table = header.dataTablePosition();
    if (table > 0 && table < input.offset()) {
      throw input.fault(
          start,
          Text.format(
              "data table: expected it behind the header's end at byte %d, found byte %d",
              input.offset(), table));
    }
    Map<String, String> attributes = describe(header.infoNode(), input, start);
    TreeMap<Integer, String> streams = eventStreams(attributes);
    int stream = wanted.orElseGet(() -> streams.isEmpty() ? -1 : streams.firstKey());
    if (!streams.containsKey(stream)) {
      throw input.fault(
          start,
          Text.format(
              "header: expected a stream of type EVTS%s, found %s",
              wanted.isPresent() ? " with number " + stream : "",
              streams.isEmpty() ? "none in " + attributes.keySet() : named(streams)));
    }
    SensorSize sensor =
        new SensorSize(
            side(attributes, stream, "sizeY", input, start),
            side(attributes, stream, "sizeX", input, start));
    // a recorder that was interrupted leaves 0 or -1
    return new Aedat4Header(
        known[compression],
        table > 0 ? table : Long.MAX_VALUE,
        stream,
        sensor,
        wanted.isPresent() || streams.size() == 1
            ? Optional.empty()
            : Optional.of(
                Text.format(
                    "stream %d is read, the lowest of the streams of events %s",
                    stream, named(streams))));
  }

  private static String named(TreeMap<Integer, String> streams) {
    return streams.entrySet().stream()
        .map(stream -> stream.getKey() + stream.getValue())
        .collect(Collectors.joining(", "));
  }

  /** The streams of events by number, each with the module and the output that it comes from. */
  private static TreeMap<Integer, String> eventStreams(Map<String, String> attributes) {
    TreeMap<Integer, String> streams = new TreeMap<>();
    attributes.forEach(
        (key, value) -> {
          String[] path = key.split("/", -1);
          boolean isType = path.length == 2 && path[1].equals("typeIdentifier");
          if (isType && value.equals(EVENTS) && NUMBER.matcher(path[0]).matches()) {
            String module = attributes.get(path[0] + "/originalModuleName");
            String output = attributes.get(path[0] + "/originalOutputName");
            streams.put(
                Integer.parseInt(path[0]),
                module == null ? "" : Text.format(" (%s, %s)", module, output));
          }
        });
    return streams;
  }

  private static int side(
      Map<String, String> attributes, int stream, String name, CountingStream input, long start)
      throws InvalidEventsException {
    String text = attributes.getOrDefault(stream + "/info/" + name, "nothing");
    int side = NUMBER.matcher(text).matches() ? Integer.parseInt(text) : 0;
    if (side < 1 || side > SensorSize.MAX_SIDE) {
      throw input.fault(
          start,
          Text.format(
              "header: expected %s of stream %d from 1 to %d, found %s",
              name, stream, SensorSize.MAX_SIDE, text));
    }
    return side;
  }

  /** The streams' attributes by their path below the outermost node, such as `0/info/sizeX`. */
  private static Map<String, String> describe(String xml, CountingStream input, long start)
      throws InvalidEventsException {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    Map<String, String> attributes = new TreeMap<>();
    try {
      XMLStreamReader reader = factory.createXMLStreamReader(new StringReader(xml));
      Deque<String> nodes = new ArrayDeque<>();
      while (reader.hasNext()) {
        int event = reader.next();
        if (event == XMLStreamConstants.START_ELEMENT && reader.getLocalName().equals("node")) {
          nodes.addLast(String.valueOf(reader.getAttributeValue(null, "name")));
          if (nodes.size() > MAX_DEPTH) {
            throw new XMLStreamException(Text.format("more than %d nested nodes", MAX_DEPTH));
          }
        } else if (event == XMLStreamConstants.END_ELEMENT
            && reader.getLocalName().equals("node")) {
          nodes.removeLast();
        } else if (event == XMLStreamConstants.START_ELEMENT
            && reader.getLocalName().equals("attr")) {
          String path = String.join("/", nodes.stream().skip(1).toList());
          String key = String.valueOf(reader.getAttributeValue(null, "key"));
          attributes.put(path + "/" + key, reader.getElementText());
        }
      }
      return attributes;
    } catch (XMLStreamException damaged) {
      String reason = String.valueOf(damaged.getMessage()).replaceAll("\\s+", " ");
      throw input.fault(start, "header: expected XML in infoNode, found a fault: " + reason);
    }
  }

  static int littleEndian(byte[] bytes) {
    return (bytes[0] & 0xff)
        | (bytes[1] & 0xff) << 8
        | (bytes[2] & 0xff) << 16
        | (bytes[3] & 0xff) << 24;
  }

  private static String printable(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1).replaceAll("[^\\x20-\\x7e]", ".");
  }
}
