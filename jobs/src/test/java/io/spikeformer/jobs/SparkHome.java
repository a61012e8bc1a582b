package io.spikeformer.jobs;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/**
 * A Spark distribution laid out of the test's class path: scripts, and every library as a link. It
 * has the libraries of the job jar too, so the jar of an application has the project's classes
 * alone.
 *
 * @param folder for SPARK_HOME
 */
record SparkHome(Path folder) {
  /** As in a distribution: the launcher prints the command's parts, each with a NUL behind it. */
  private static final String SPARK_CLASS =
      """
      set -euo pipefail
      export SPARK_HOME=%s SPARK_SCALA_VERSION=2.12
      mapfile -d '' -t command < <("${JAVA_HOME:+$JAVA_HOME/bin/}java" -Xmx128m -cp "$SPARK_HOME/jars/*" \\
        org.apache.spark.launcher.Main "$@")
      [[ -n ${command[0]} ]] || command=("${command[@]:1}")
      exec "${command[@]#$'\\n'}"
      """;

  static SparkHome layOut(Path folder) throws IOException {
    SparkHome home = new SparkHome(folder);
    Path jars = Files.createDirectories(folder.resolve("jars"));
    for (Path entry : classPath()) {
      if (Files.isRegularFile(entry)) {
        Files.createSymbolicLink(jars.resolve(entry.getFileName()), entry);
      }
    }
    Launcher.script(folder.resolve("bin/spark-class"), SPARK_CLASS.formatted(folder));
    Launcher.script(
        folder.resolve("bin/spark-submit"),
        "exec '" + folder + "/bin/spark-class' org.apache.spark.deploy.SparkSubmit \"$@\"");
    home.writeApplication();
    return home;
  }

  /** The jar for spark-submit. */
  Path application() {
    return folder.resolve("application.jar");
  }

  private void writeApplication() throws IOException {
    Set<String> written = new HashSet<>();
    try (OutputStream file = Files.newOutputStream(application());
        JarOutputStream jar = new JarOutputStream(file)) {
      for (Path root : classPath()) {
        if (Files.isDirectory(root) && !root.endsWith("test-classes")) {
          add(root, jar, written);
        }
      }
    }
  }

  private static void add(Path root, JarOutputStream jar, Set<String> written) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        String name = root.relativize(file).toString();
        if (written.add(name)) {
          jar.putNextEntry(new JarEntry(name));
          Files.copy(file, jar);
          jar.closeEntry();
        }
      }
    }
  }

  private static List<Path> classPath() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(Path::of)
        .toList();
  }
}
