package io.spikeformer.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.spikeformer.common.Text;
import io.spikeformer.jobs.quickstart.ShapeImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.JarFile;
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
              "org/bytedeco/dnnl/linux-x86_64/libdnnl.so.3",
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
