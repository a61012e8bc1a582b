package io.spikeformer.data.source;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** Writes archives entry by entry, also such as no sane tool would write. */
public final class TestArchive implements AutoCloseable {
  private final TarArchiveOutputStream tar;

  /** Compressed if the name ends with gz. */
  public TestArchive(Path file) throws IOException {
    OutputStream stream = new BufferedOutputStream(Files.newOutputStream(file));
    boolean compressed = file.toString().endsWith("gz");
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
