package io.spikeformer.data.source;

import io.spikeformer.common.Text;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** Writes archives entry by entry, also such as no sane tool would write. */
public final class TestArchive implements AutoCloseable {
  private static final int RECORD_BYTES = 512;

  private final TarArchiveOutputStream tar;

  /** Compressed if the name ends with gz. */
  public TestArchive(Path file) throws IOException {
    OutputStream stream = new BufferedOutputStream(Files.newOutputStream(file));
    boolean compressed = file.toString().toLowerCase(Locale.ROOT).endsWith("gz");
    this.tar =
        new TarArchiveOutputStream(
            compressed ? new GZIPOutputStream(stream) : stream, StandardCharsets.UTF_8.name());
    tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
  }

  /** Not compressed, for an archive inside another. */
  public TestArchive(OutputStream stream) {
    this.tar = new TarArchiveOutputStream(stream);
  }

  /** A folder and everything in it, in the order of names. */
  public static void pack(Path folder, Path archive) throws IOException {
    try (TestArchive tar = new TestArchive(archive);
        Stream<Path> walk = Files.walk(folder)) {
      List<Path> files = walk.filter(Files::isRegularFile).sorted().toList();
      for (Path file : files) {
        tar.file(folder.relativize(file).toString(), Files.readAllBytes(file));
      }
    }
  }

  /** A file, under exactly this name. */
  public TestArchive file(String name, byte[] content) throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name, true);
    entry.setSize(content.length);
    return put(entry, content);
  }

  /** A folder. */
  public TestArchive folder(String name) throws IOException {
    return put(new TarArchiveEntry(name + "/", true), new byte[0]);
  }

  /** A symbolic link. */
  public TestArchive link(String name, String target) throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name, TarConstants.LF_SYMLINK, true);
    entry.setLinkName(target);
    return put(entry, new byte[0]);
  }

  /** A hard link. */
  public TestArchive hardLink(String name, String target) throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name, TarConstants.LF_LINK, true);
    entry.setLinkName(target);
    return put(entry, new byte[0]);
  }

  /** A named pipe. */
  public TestArchive pipe(String name) throws IOException {
    return put(new TarArchiveEntry(name, TarConstants.LF_FIFO, true), new byte[0]);
  }

  /** A file with holes, as GNU tar marks it by the type of its entry. */
  public TestArchive sparse(String name) throws IOException {
    return put(new TarArchiveEntry(name, TarConstants.LF_GNUTYPE_SPARSE, true), new byte[0]);
  }

  /**
   * A file with holes, as GNU tar marks it by extended headers.
   *
   * @param map what stands before the content, or nothing
   * @param headers names and values in turn
   */
  public TestArchive sparse(String name, String map, String... headers) throws IOException {
    StringBuilder records = new StringBuilder();
    for (int i = 0; i < headers.length; i += 2) {
      int length = headers[i].length() + headers[i + 1].length() + 3;
      int digits = String.valueOf(length + 2).length();
      records.append(Text.format("%d %s=%s\n", length + digits, headers[i], headers[i + 1]));
    }
    byte[] extended = records.toString().getBytes(StandardCharsets.US_ASCII);
    TarArchiveEntry header =
        new TarArchiveEntry("PaxHeader", TarConstants.LF_PAX_EXTENDED_HEADER_LC, true);
    header.setSize(extended.length);
    put(header, extended);
    byte[] content = map.getBytes(StandardCharsets.US_ASCII);
    return file(name, Arrays.copyOf(content, (map.isEmpty() ? 1 : 2) * RECORD_BYTES));
  }

  private TestArchive put(TarArchiveEntry entry, byte[] content) throws IOException {
    tar.putArchiveEntry(entry);
    tar.write(content);
    tar.closeArchiveEntry();
    return this;
  }

  @Override
  public void close() throws IOException {
    tar.close();
  }
}
