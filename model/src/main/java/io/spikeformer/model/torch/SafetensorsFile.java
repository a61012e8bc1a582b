package io.spikeformer.model.torch;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.spikeformer.common.UserException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A safetensors file: the length of the header (8 bytes, little-endian), the header (JSON: name to
 * dtype, shape and data_offsets; __metadata__ to strings), and the data without gaps.
 */
final class SafetensorsFile implements WeightsFile {
  static final String METADATA = "__metadata__";
  static final String DESCRIPTION = "spikeformer";

  private static final int MAX_HEADER = 100_000_000;
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION).build();

  private final Path file;
  private final FileChannel channel;
  private final Map<String, StoredTensor> tensors = new LinkedHashMap<>();
  // where the data of a tensor begins, from the beginning of the file
  private final Map<String, Long> positions = new LinkedHashMap<>();
  private Optional<String> description = Optional.empty();

  private SafetensorsFile(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  static SafetensorsFile open(Path file) {
    FileChannel channel = null;
    try {
      channel = FileChannel.open(file, StandardOpenOption.READ);
      SafetensorsFile opened = new SafetensorsFile(file, channel);
      opened.readHeader();
      channel = null;
      return opened;
    } catch (IOException e) {
      throw WeightsFile.unreadable(file, e);
    } finally {
      WeightsFile.close(channel);
    }
  }

  private void readHeader() throws IOException {
    long length = read(0, Long.BYTES).getLong();
    long rest = channel.size() - Long.BYTES;
    if (length < 2 || length > Math.min(MAX_HEADER, rest)) {
      throw damaged("a header of 2 to " + Math.min(MAX_HEADER, rest) + " bytes, found " + length);
    }
    JsonNode header;
    try {
      header = JSON.readTree(read(Long.BYTES, (int) length).array());
    } catch (JsonProcessingException e) {
      throw damaged("a header in JSON with unique names, found " + e.getOriginalMessage());
    }
    if (!header.isObject()) {
      throw damaged("a JSON object as header, found another value");
    }
    Map<Long, Long> extents = new TreeMap<>();
    header
        .fields()
        .forEachRemaining(
            field -> {
              if (field.getKey().equals(METADATA)) {
                description = Optional.ofNullable(field.getValue().path(DESCRIPTION).textValue());
              } else {
                add(field.getKey(), field.getValue(), extents, Long.BYTES + length);
              }
            });
    requireNoGaps(extents, rest - length);
  }

  private void add(String name, JsonNode node, Map<Long, Long> extents, long dataBegin) {
    ElementType type = type(name, node.path("dtype").asText());
    List<Long> shape = numbers(name, node.path("shape"));
    List<Long> offsets = numbers(name, node.path("data_offsets"));
    long begin = offsets.isEmpty() ? -1 : offsets.get(0);
    try {
      StoredTensor tensor = StoredTensor.dense(type, shape, name);
      if (offsets.size() != 2 || offsets.get(1) - begin != tensor.storageBytes()) {
        throw damaged(
            "two data_offsets "
                + tensor.storageBytes()
                + " bytes apart for tensor "
                + name
                + " of shape "
                + shape
                + ", found "
                + offsets);
      }
      tensors.put(name, tensor);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw damaged("a tensor that fits into the file for " + name + ", found shape " + shape);
    }
    positions.put(name, dataBegin + begin);
    long bytes = tensors.get(name).storageBytes();
    if (bytes > 0 && extents.put(begin, begin + bytes) != null) {
      throw damaged("a place of its own for tensor " + name + ", found that of another");
    }
  }

  private ElementType type(String name, String code) {
    for (ElementType type : ElementType.values()) {
      if (type.code().equals(code)) {
        return type;
      }
    }
    throw damaged("a known dtype for tensor " + name + ", found '" + code + "'");
  }

  private List<Long> numbers(String name, JsonNode array) {
    List<Long> numbers = new ArrayList<>();
    for (JsonNode number : array) {
      if (!number.canConvertToLong() || !number.isIntegralNumber() || number.longValue() < 0) {
        throw damaged("whole numbers >= 0 for tensor " + name + ", found " + number);
      }
      numbers.add(number.longValue());
    }
    if (!array.isArray()) {
      throw damaged("shape and data_offsets for tensor " + name + ", found others");
    }
    return numbers;
  }

  private void requireNoGaps(Map<Long, Long> extents, long dataBytes) {
    long next = 0;
    for (Map.Entry<Long, Long> extent : extents.entrySet()) {
      if (extent.getKey() != next) {
        throw damaged("data without gaps, found a tensor at " + extent.getKey() + " after " + next);
      }
      next = extent.getValue();
    }
    if (next != dataBytes) {
      throw damaged(next + " bytes of data, found " + dataBytes);
    }
  }

  @Override
  public Map<String, StoredTensor> tensors() {
    return tensors;
  }

  @Override
  public Optional<String> description() {
    return description;
  }

  @Override
  public ByteBuffer storage(StoredTensor tensor) {
    long bytes = tensor.storageBytes();
    if (bytes > Integer.MAX_VALUE - Long.BYTES) {
      throw damaged("tensors of less than 2 GiB, found " + tensor.storage());
    }
    try {
      return read(positions.get(tensor.storage()), (int) bytes);
    } catch (IOException e) {
      throw WeightsFile.unreadable(file, e);
    }
  }

  private ByteBuffer read(long position, int bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, position + buffer.position()) < 0) {
        throw damaged("more bytes, found the end of the file");
      }
    }
    return buffer.flip();
  }

  private UserException damaged(String expectedAndFound) {
    return new UserException(
        "weights %s: not a whole safetensors file: expected %s", file, expectedAndFound);
  }

  @Override
  public void close() {
    WeightsFile.close(channel);
  }
}
