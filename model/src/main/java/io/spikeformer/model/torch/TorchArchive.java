package io.spikeformer.model.torch;

import io.spikeformer.model.ModelException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * A PyTorch checkpoint in the zip format: NAME/data.pkl, a pickle that refers to storages, and
 * NAME/data/KEY, their bytes.
 *
 * <p>Entries are stored, not compressed, so nothing in it is larger than the file; sizes are
 * compared before memory is taken, and nothing is unpacked to disk.
 */
final class TorchArchive implements WeightsFile {
  /** Where training scripts put the weights, in the order in which they are looked for. */
  static final List<String> WRAPPERS = List.of("model", "state_dict", "module");

  private static final String PICKLE = "/data.pkl";
  private static final int MAX_PICKLE = 16 << 20;
  private static final int MAX_ENTRIES = 1 << 20;
  private static final int MAX_WRAPPERS = 4;
  private static final int MAX_STORAGE = Integer.MAX_VALUE - 8;

  private final Path file;
  private final ZipFile zip;
  private final String folder;
  private final Map<String, StoredTensor> tensors;
  private final Optional<String> description;
  // tensors that share a storage follow each other: the last one is kept
  private String lastStorage = "";
  private ByteBuffer lastBytes;

  private TorchArchive(Path file, ZipFile zip) throws IOException {
    this.file = file;
    this.zip = zip;
    folder = folder();
    requireLittleEndian();
    Object root;
    try {
      root = PickleReader.read(bytes(entry(PICKLE), MAX_PICKLE));
    } catch (ModelException e) {
      throw new ModelException("weights " + file + PICKLE + ": " + e.getMessage(), e);
    }
    if (!(root instanceof PickledMap map)) {
      throw failed("a dict of tensors, found another value; save model.state_dict()");
    }
    description = Optional.ofNullable(text(map.entries().get(SafetensorsFile.DESCRIPTION)));
    tensors = tensors(map);
  }

  static TorchArchive open(Path file) {
    ZipFile zip = null;
    try {
      zip = new ZipFile(file.toFile());
      TorchArchive archive = new TorchArchive(file, zip);
      zip = null;
      return archive;
    } catch (ZipException e) {
      throw new ModelException(
          "weights " + file + ": expected a whole zip file, found a damaged one: " + e.getMessage(),
          e);
    } catch (IOException e) {
      throw WeightsFile.unreadable(file, e);
    } finally {
      WeightsFile.close(zip);
    }
  }

  /** The folder that everything lies in, after a look at every entry. */
  private String folder() throws IOException {
    Set<String> names = new HashSet<>();
    String found = null;
    long total = 0;
    Enumeration<? extends ZipEntry> entries = zip.entries();
    while (entries.hasMoreElements()) {
      ZipEntry entry = entries.nextElement();
      String name = entry.getName();
      requireSafe(entry);
      total += entry.getSize();
      if (!names.add(name) || names.size() > MAX_ENTRIES || total > Files.size(file)) {
        throw failed("entries of different names that fit into the file, found " + quoted(name));
      }
      if (name.matches("[^/]+" + PICKLE)) {
        found = name.substring(0, name.length() - PICKLE.length());
      }
    }
    if (found == null) {
      throw failed("NAME/data.pkl as torch.save writes it, found a zip file without it");
    }
    String inside = found;
    if (names.contains(inside + "/constants.pkl")
        || names.stream().anyMatch(name -> name.startsWith(inside + "/code/"))) {
      throw failed(
          "weights, found a TorchScript archive, which is a program: save the weights alone with"
              + " torch.save(module.state_dict(), FILE)");
    }
    return inside;
  }

  private void requireSafe(ZipEntry entry) {
    String name = entry.getName();
    boolean inside =
        !name.startsWith("/")
            && name.indexOf('\\') < 0
            && name.indexOf(':') < 0
            && name.indexOf('\0') < 0
            && !List.of(name.split("/", -1)).contains("..");
    if (!inside) {
      throw failed("names inside the archive, found entry " + quoted(name));
    }
    if (entry.getMethod() != ZipEntry.STORED || entry.getSize() != entry.getCompressedSize()) {
      throw failed(
          "entries that are stored as torch.save does it, found the compressed " + quoted(name));
    }
  }

  private void requireLittleEndian() throws IOException {
    ZipEntry entry = zip.getEntry(folder + "/byteorder");
    if (entry == null) {
      return;
    }
    String order = new String(bytes(entry, MAX_PICKLE), StandardCharsets.US_ASCII).strip();
    if (!order.equals("little")) {
      throw failed("little-endian numbers, found byte order " + quoted(order));
    }
  }

  private Map<String, StoredTensor> tensors(PickledMap root) {
    PickledMap map = root;
    for (int depth = 0; depth < MAX_WRAPPERS; depth++) {
      PickledMap inner = wrapped(map);
      if (inner == null) {
        break;
      }
      map = inner;
    }
    Map<String, StoredTensor> found = new LinkedHashMap<>();
    for (Map.Entry<Object, Object> entry : map.entries().entrySet()) {
      if (entry.getValue() instanceof StoredTensor tensor
          && entry.getKey() instanceof String name) {
        found.put(name, tensor);
      }
    }
    if (found.isEmpty()) {
      throw failed(
          "tensors in it or under one of "
              + String.join(", ", WRAPPERS)
              + ", found the keys "
              + quoted(keys(map)));
    }
    return Collections.unmodifiableMap(found);
  }

  private static PickledMap wrapped(PickledMap map) {
    for (String wrapper : WRAPPERS) {
      if (map.entries().get(wrapper) instanceof PickledMap inner) {
        return inner;
      }
    }
    return null;
  }

  private static String keys(PickledMap map) {
    List<String> keys = map.entries().keySet().stream().limit(10).map(String::valueOf).toList();
    return String.join(", ", keys);
  }

  private static String text(Object value) {
    return value instanceof String text ? text : null;
  }

  private ZipEntry entry(String name) {
    ZipEntry entry = zip.getEntry(folder + name);
    if (entry == null) {
      throw failed("entry " + quoted(folder + name) + ", found none");
    }
    return entry;
  }

  private byte[] bytes(ZipEntry entry, int limit) throws IOException {
    if (entry.getSize() > limit) {
      throw failed(
          "at most " + limit + " bytes of " + entry.getName() + ", found " + entry.getSize());
    }
    byte[] bytes = new byte[(int) entry.getSize()];
    try (InputStream in = zip.getInputStream(entry)) {
      int read = in.readNBytes(bytes, 0, bytes.length);
      CRC32 crc = new CRC32();
      crc.update(bytes);
      if (read != bytes.length || crc.getValue() != entry.getCrc()) {
        throw failed(
            "entry " + entry.getName() + " as it was written, found it damaged (checksum)");
      }
    }
    return bytes;
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
    ZipEntry entry = entry("/data/" + tensor.storage());
    if (entry.getSize() / tensor.type().bytes() < tensor.elements()) {
      throw failed(
          tensor.elements()
              + " elements of "
              + tensor.type().bytes()
              + " bytes in "
              + entry.getName()
              + ", found "
              + entry.getSize()
              + " bytes");
    }
    if (!entry.getName().equals(lastStorage)) {
      try {
        lastBytes = ByteBuffer.wrap(bytes(entry, MAX_STORAGE)).order(ByteOrder.LITTLE_ENDIAN);
      } catch (IOException e) {
        throw WeightsFile.unreadable(file, e);
      }
      lastStorage = entry.getName();
    }
    return lastBytes;
  }

  private static String quoted(String text) {
    return "'" + text.replaceAll("\\p{Cntrl}", "?") + "'";
  }

  private ModelException failed(String expectedAndFound) {
    return new ModelException("weights " + file + ": expected " + expectedAndFound);
  }

  @Override
  public void close() {
    WeightsFile.close(zip);
  }
}
