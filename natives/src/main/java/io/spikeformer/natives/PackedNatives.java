package io.spikeformer.natives;

import io.spikeformer.common.UserException;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Loader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The native libraries of oneDNN, OpenBLAS, OpenCV and ND4J where they come in the job jar's
 * archive. Code that uses one of them calls {@link #unpack} first.
 */
public final class PackedNatives {
  /** The archive's name in the job jar. */
  static final String ARCHIVE = "natives.zst";

  /** The resource with the archive's SHA-256, in hexadecimal digits. */
  static final String DIGEST = "natives.sha256";

  private static final Logger LOG = LoggerFactory.getLogger(PackedNatives.class);

  /** Where JavaCPP looks for libraries that no jar on the class path has. */
  private static final String PATHS = "org.bytedeco.javacpp.platform.preloadpath";

  private static final int DIGITS = 16;
  private static boolean done;

  private PackedNatives() {}

  /**
   * Unpacks the archive into JavaCPP's cache, once for each archive and machine, and tells JavaCPP.
   * Without an archive on the class path it does nothing.
   *
   * @throws UserException if the cache cannot be written
   */
  public static synchronized void unpack() {
    if (done) {
      return;
    }
    ClassLoader loader = PackedNatives.class.getClassLoader();
    if (loader.getResource(ARCHIVE) != null) {
      try {
        File cache = Loader.getCacheDir();
        announce(unpacked(loader, cache.toPath()));
      } catch (IOException failure) {
        throw new UserException(
            failure,
            "native libraries: expected to unpack them into JavaCPP's cache, found %s; name another"
                + " folder by -Dorg.bytedeco.javacpp.cachedir",
            failure);
      }
    }
    done = true;
  }

  private static void announce(Path folder) {
    String others = System.getProperty(PATHS);
    System.setProperty(
        PATHS, others == null ? folder.toString() : folder + File.pathSeparator + others);
    Loader.loadProperties(true);
  }

  /**
   * The folder with the libraries, which appears whole: processes that start together wait for the
   * first of them.
   */
  static Path unpacked(ClassLoader loader, Path cache) throws IOException {
    Path folder = cache.resolve("spikeformer-" + read(loader, DIGEST).substring(0, DIGITS));
    if (Files.isDirectory(folder)) {
      return folder;
    }
    Path lock = cache.resolve(".spikeformer.lock");
    try (FileChannel channel =
            FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock held = channel.lock()) {
      if (!Files.isDirectory(folder)) {
        LOG.info("Unpacking the native libraries into {}", folder);
        Path unfinished = cache.resolve(folder.getFileName() + ".unfinished");
        clear(unfinished);
        Files.createDirectories(unfinished);
        try (InputStream archive = loader.getResourceAsStream(ARCHIVE)) {
          NativeArchive.unpack(archive, unfinished);
        }
        Files.move(unfinished, folder, StandardCopyOption.ATOMIC_MOVE);
      }
    }
    return folder;
  }

  private static void clear(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private static String read(ClassLoader loader, String name) throws IOException {
    try (InputStream in = loader.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
    }
  }
}
