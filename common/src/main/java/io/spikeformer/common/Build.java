package io.spikeformer.common;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.CRC32;

/**
 * Which build of the product a process runs. It follows from the content of the classes. So equal
 * builds have the same identity, whether they come from folders, jars of modules or the job jar.
 */
public final class Build {
  private static final int SHOWN_BYTES = 6;
  private static final int MODULE_DEPTH = 3;
  private static final String CLASS = ".class";

  /** Classes do not change while a process runs. */
  private static final Map<List<Class<?>>, String> KNOWN = new ConcurrentHashMap<>();

  private Build() {}

  /**
   * Identity of the modules that some classes belong to, as this process has loaded them.
   *
   * @param members a class of each module; its module is the first three parts of its package
   * @return 12 hexadecimal digits
   */
  public static String of(List<Class<?>> members) {
    return KNOWN.computeIfAbsent(List.copyOf(members), Build::read);
  }

  private static String read(List<Class<?>> members) {
    Set<Path> places = new TreeSet<>();
    Set<String> modules = new TreeSet<>();
    for (Class<?> member : members) {
      String[] parts = member.getName().split("\\.");
      modules.add(
          Arrays.stream(parts).limit(MODULE_DEPTH).collect(Collectors.joining("/", "", "/")));
      place(member, places);
    }
    Map<String, Long> checksums = new TreeMap<>();
    try {
      for (Path place : places) {
        Map<String, Long> found = Files.isDirectory(place) ? ofFolder(place) : ofJar(place);
        found.forEach(
            (name, sum) -> {
              if (modules.stream().anyMatch(name::startsWith)) {
                checksums.putIfAbsent(name, sum);
              }
            });
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    return digest(checksums);
  }

  private static void place(Class<?> member, Set<Path> places) {
    CodeSource source = member.getProtectionDomain().getCodeSource();
    try {
      places.add(Path.of(source.getLocation().toURI()));
    } catch (URISyntaxException failure) {
      throw new IllegalStateException(failure);
    }
  }

  private static Map<String, Long> ofFolder(Path folder) throws IOException {
    Map<String, Long> found = new TreeMap<>();
    List<Path> files;
    try (Stream<Path> all = Files.walk(folder)) {
      files = all.filter(file -> file.toString().endsWith(CLASS)).toList();
    }
    for (Path file : files) {
      CRC32 sum = new CRC32();
      sum.update(Files.readAllBytes(file));
      found.put(folder.relativize(file).toString(), sum.getValue());
    }
    return found;
  }

  /** A jar's directory has the checksums. */
  private static Map<String, Long> ofJar(Path file) throws IOException {
    try (JarFile jar = new JarFile(file.toFile())) {
      return jar.stream()
          .filter(entry -> entry.getName().endsWith(CLASS))
          .collect(Collectors.toMap(JarEntry::getName, JarEntry::getCrc, (a, b) -> a));
    }
  }

  private static String digest(Map<String, Long> checksums) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      checksums.forEach(
          (name, sum) -> digest.update((name + " " + sum + "\n").getBytes(StandardCharsets.UTF_8)));
      return HexFormat.of().formatHex(digest.digest(), 0, SHOWN_BYTES);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
