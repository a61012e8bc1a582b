package io.spikeformer.model.torch;

import io.spikeformer.common.UserException;
import io.spikeformer.model.torch.PickleGlobals.Placeholder;
import io.spikeformer.model.torch.PickleGlobals.Unlisted;
import io.spikeformer.model.torch.PickleReader.Pickled;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
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
  private static final String PICKLE = "/data.pkl";
  private static final int MAX_PICKLE = 16 << 20;
  private static final int MAX_ENTRIES = 1 << 20;
  private static final int MOST_KEYS = 10;
  private static final int MAX_STORAGE = Integer.MAX_VALUE - 8;

  private final Path file;
  private final ZipFile zip;
  private final String folder;
  private final StateDicts.Choice choice;
  private final Set<String> unlisted;
  private final Optional<String> description;
  // tensors that share a storage follow each other: the last one is kept
  private String lastStorage = "";
  private ByteBuffer lastBytes;

  private TorchArchive(Path file, ZipFile zip, String weights) throws IOException {
    this.file = file;
    this.zip = zip;
    folder = folder();
    requireLittleEndian();
    Pickled pickled;
    try {
      pickled = PickleReader.read(bytes(entry(PICKLE), MAX_PICKLE));
    } catch (UserException e) {
      throw new UserException(e, "weights %s%s: %s", file, PICKLE, e.getMessage());
    }
    if (!(pickled.root() instanceof PickledMap map)) {
      throw failed(
          "a dict of tensors, found "
              + kind(pickled.root())
              + "; save its weights alone: torch.save(model.state_dict(), FILE)");
    }
    unlisted = pickled.unlisted();
    description = Optional.ofNullable(text(map.entries().get(SafetensorsFile.DESCRIPTION)));
    choice = choice(map, weights);
  }

  private StateDicts.Choice choice(PickledMap root, String weights) {
    StateDicts dicts = new StateDicts(root);
    if (dicts.isEmpty()) {
      throw failed(
          "a dict of tensors at the top or under a name such as "
              + String.join(", ", StateDicts.USUAL)
              + ", found "
              + keys(root)
              + "; save the weights alone: torch.save(model.state_dict(), FILE)");
    }
    try {
      return weights == null ? dicts.usual() : dicts.named(weights);
    } catch (UserException e) {
      throw new UserException(e, "weights %s: %s", file, e.getMessage());
    }
  }

  static TorchArchive open(Path file, String weights) {
    ZipFile zip = null;
    try {
      zip = new ZipFile(file.toFile());
      TorchArchive archive = new TorchArchive(file, zip, weights);
      zip = null;
      return archive;
    } catch (ZipException e) {
      throw new UserException(
          e,
          "weights %s: expected a whole zip file, found a damaged one: %s",
          file,
          e.getMessage());
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

  private static String keys(PickledMap map) {
    String keys =
        map.entries().entrySet().stream()
            .limit(MOST_KEYS)
            .map(entry -> quoted("" + entry.getKey()) + ", " + kind(entry.getValue()))
            .collect(Collectors.joining("; "));
    return keys.isEmpty() ? "an empty dict" : keys;
  }

  /** The kind of a value, for messages. */
  private static String kind(Object value) {
    if (value instanceof Placeholder object) {
      return "a " + object.name();
    }
    if (value instanceof Unlisted object) {
      return "an object of " + object.name();
    }
    if (value instanceof StoredTensor || value instanceof UnreadableTensor) {
      return "a single tensor";
    }
    return value instanceof PickledMap
        ? "a dict without tensors"
        : value instanceof List || value instanceof Object[] ? "a list" : "a number or text";
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
    return choice.tensors();
  }

  @Override
  public String path() {
    return choice.path();
  }

  @Override
  public List<String> others() {
    return choice.others();
  }

  @Override
  public Set<String> unlisted() {
    return unlisted;
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

  private UserException failed(String expectedAndFound) {
    return new UserException("weights %s: expected %s", file, expectedAndFound);
  }

  @Override
  public void close() {
    WeightsFile.close(zip);
  }
}
