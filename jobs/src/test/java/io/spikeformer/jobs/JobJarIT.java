package io.spikeformer.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.spikeformer.common.Text;
import io.spikeformer.jobs.quickstart.ShapeImages;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The job jar as the build leaves it. */
class JobJarIT {
  private static final Path JAR =
      Path.of(System.getProperty("spikeformer.root"), "jobs/target/spikeformer-jobs.jar");

  @TempDir private Path folder;

  @Test
  void holdsEverythingButWhatADistributionHas() throws IOException {
    try (JarFile jar = new JarFile(JAR.toFile())) {
      List<String> names = jar.stream().map(ZipEntry::getName).toList();
      assertThat(names)
          .contains(
              "io/spikeformer/jobs/Main.class",
              "log4j2.properties",
              "recipes/quickstart-t1.yaml",
              "org/deeplearning4j/nn/graph/ComputationGraph.class",
              "natives.zst",
              "natives.sha256",
              "org/bytedeco/javacpp/linux-x86_64/libjnijavacpp.so",
              "ai/onnxruntime/native/linux-x64/libonnxruntime.so",
              "com/fasterxml/jackson/dataformat/yaml/YAMLFactory.class",
              "org/snakeyaml/engine/v2/api/lowlevel/Compose.class",
              "org/apache/commons/csv/CSVParser.class")
          .doesNotHaveDuplicates()
          .noneMatch(name -> name.startsWith("org/apache/spark/"))
          .noneMatch(name -> name.startsWith("org/apache/hadoop/"))
          .noneMatch(name -> name.startsWith("com/amazonaws/"))
          .noneMatch(name -> name.startsWith("org/slf4j/"))
          .noneMatch(name -> name.matches("ai/onnxruntime/native/(?!linux-x64/).+"))
          .noneMatch(name -> name.matches("org/(bytedeco/(?!javacpp/)|nd4j/).*\\.so(\\.\\d+)*"))
          .noneMatch(name -> name.startsWith("it/unimi/"))
          .noneMatch(name -> name.startsWith("org/opencv/"))
          .noneMatch(
              name -> name.matches("org/apache/commons/(io|collections4|compress|lang3|math3)/.*"))
          .noneMatch(name -> name.startsWith("com/fasterxml/jackson/databind/"))
          .noneMatch(name -> name.endsWith("module-info.class"))
          .noneMatch(name -> name.matches("META-INF/[^/]*\\.(SF|DSA|RSA)"));
      assertThat(jar.getManifest().getMainAttributes().getValue("Main-Class"))
          .isEqualTo(Main.class.getName());
    }
  }

  @Test
  void isHalfOfWhatJarCompressionWouldMakeIt() {
    assertThat(JAR).satisfies(jar -> assertThat(Files.size(jar)).isLessThan(108_000_000));
  }

  /** oneDNN and ND4J by steps on the fast kernels, OpenCV by a conversion. */
  @Test
  void unpacksItsNativeLibrariesOnceAndRunsWithThem() throws Exception {
    CommandLineRun bench =
        fromTheJar(
            "bench", "--preset=tiny", "--batch=2", "--size=8", "--steps=1", "--kernels=fast");
    assertThat(bench.code()).as(bench.err()).isZero();
    assertThat(bench.err()).contains("Unpacking the native libraries into " + folder);
    new ShapeImages(16).write(folder.resolve("raw"), "train", 2, 0);
    CommandLineRun prepared =
        fromTheJar(
            "prepare",
            "imagenet",
            "--input=" + folder.resolve("raw"),
            "--output=" + folder.resolve("shards"),
            "--split=train",
            "--shards=2");
    assertThat(prepared.code()).as(prepared.err()).isZero();
    assertThat(prepared.err()).doesNotContain("Unpacking");
    try (Stream<Path> files = Files.walk(folder.resolve("cache"))) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .contains("libdnnl.so.3", "libnd4jcpu.so", "libopencv_imgcodecs.so.413");
    }
  }

  /** Runs a command with the jar and the libraries of a distribution. */
  private CommandLineRun fromTheJar(String... command) throws Exception {
    String others =
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> !entry.startsWith(System.getProperty("spikeformer.root")))
            .filter(entry -> !entry.matches(".*/org/(bytedeco|nd4j|deeplearning4j)/.*"))
            .collect(Collectors.joining(File.pathSeparator));
    Launcher.script(
        folder.resolve("jobs/spikeformer"),
        Text.format(
            "exec '%s/bin/java' '@%s/conf/jvm.options' '-Dorg.bytedeco.javacpp.cachedir=%s'"
                + " -Dspark.master='local[1]' -cp '%s:%s' %s \"$@\"",
            System.getProperty("java.home"),
            System.getProperty("spikeformer.root"),
            folder.resolve("cache"),
            JAR,
            others,
            Main.class.getName()));
    return Launcher.run(folder, Map.of("SPARK_LOCAL_IP", "127.0.0.1"), command);
  }

  @Test
  void launcherHandsItToTheDistributionWithTheSharedJvmOptions() throws Exception {
    Launcher.script(folder.resolve("bin/spark-submit"), "printf '%s\\n' \"$@\"; exit 7");
    CommandLineRun run =
        Launcher.run(
            Map.of("SPARK_HOME", folder.toString()),
            "--master",
            "yarn",
            "--conf",
            "spark.executor.cores=4",
            "--conf",
            "spark.driver.extraJavaOptions=-Dmine=1",
            "describe",
            "--preset",
            "31M");
    assertThat(run.code()).isEqualTo(7);
    assertThat(run.out().lines().toList())
        .contains("io.spikeformer.jobs.Main", "spark.executor.cores=4", "--driver-memory")
        .doesNotContain("spark.driver.extraJavaOptions=-Dmine=1")
        .containsSequence("--master", "yarn")
        .containsSequence("describe", "--preset", "31M")
        .anyMatch(line -> line.matches(".*/launched/spikeformer-jobs-\\p{XDigit}{16}\\.jar"))
        .anyMatch(line -> line.startsWith("--add-modules=") && line.endsWith(" -Dmine=1"))
        .anyMatch(line -> line.startsWith("spark.executor.defaultJavaOptions=--add-modules="));
  }

  @Test
  void launcherAddsTheSettingsOfS3WhereSuchAUriIsNamed() throws Exception {
    Launcher.script(folder.resolve("bin/spark-submit"), "printf '%s\\n' \"$@\"");
    Map<String, String> environment = Map.of("SPARK_HOME", folder.toString());
    String setting = "spark.hadoop.fs.s3a.attempts.maximum=";
    CommandLineRun run =
        Launcher.run(
            environment, "--conf", setting + "9", "verify", "--data", "s3a://bucket/train");
    assertThat(run.out().lines().filter(line -> line.startsWith(setting)))
        .as("what is given stands behind what is shipped, so it wins")
        .containsExactly(setting + "5", setting + "9");
    assertThat(Launcher.run(environment, "verify", "--data", "train").out())
        .doesNotContain("fs.s3a");
  }

  @Test
  void launcherObeysTheHadoopSettingsOfTheEnvironmentWithoutADistribution() throws Exception {
    new ShapeImages(16).write(folder.resolve("raw"), "train", 2, 0);
    Files.writeString(
        folder.resolve("core-site.xml"),
        Text.format(
            """
            <configuration>
              <property><name>fs.viewfs.mounttable.lab.link./raw</name><value>%s</value></property>
            </configuration>
            """,
            folder.resolve("raw").toUri()));
    String[] command = {
      "prepare",
      "imagenet",
      "--input",
      "viewfs://lab/raw",
      "--output",
      folder + "/mein ordner: é 日本/shards",
      "--split",
      "train",
      "--shards",
      "2",
      "--json"
    };

    CommandLineRun run = Launcher.run(Map.of("HADOOP_CONF_DIR", folder.toString()), command);
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).contains("\"accepted\":" + 2 * ShapeImages.Shape.values().length);

    assertThat(Launcher.run(Map.of(), command).code()).as("nothing else names it").isEqualTo(1);
  }
}
