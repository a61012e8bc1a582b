package io.spikeformer.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class SparkSessionsTest {
  private final SparkConf given = new SparkConf(false);

  @Test
  void everyCoreOfThisMachineUnlessAMasterIsGiven() {
    assertThat(configure().get("spark.master")).isEqualTo("local[*]");
    given.set("spark.master", "yarn");
    assertThat(configure().get("spark.master")).isEqualTo("yarn");
    assertThat(configure("--master", "local[3]").get("spark.master")).isEqualTo("local[3]");
  }

  @Test
  void serializerIsKryoWithRegistration() {
    given.set("spark.serializer", "org.apache.spark.serializer.JavaSerializer");
    SparkConf conf = configure();
    assertThat(conf.get("spark.serializer")).endsWith("KryoSerializer");
    assertThat(conf.get("spark.kryo.registrationRequired")).isEqualTo("true");
    assertThat(conf.get("spark.kryo.registrator")).endsWith("SpikeformerKryoRegistrator");
  }

  @Test
  void otherSettingsOfTheUserStay() {
    given.set("spark.driver.maxResultSize", "9g").set("spark.ui.enabled", "true");
    SparkConf conf = configure("--threads", "4");
    assertThat(conf.get("spark.driver.maxResultSize")).isEqualTo("9g");
    assertThat(conf.get("spark.ui.enabled")).isEqualTo("true");
    assertThat(conf.get("spark.task.cpus")).isEqualTo("4");
    assertThat(conf.get("spark.executorEnv.LC_ALL")).isEqualTo("C.UTF-8");
  }

  @Test
  void aConversionDoesNotCompressImagesAgainUnlessTold() {
    assertThat(configure().contains("spark.shuffle.compress")).isFalse();
    SparkConf conf = SparkSessions.conversion(configure());
    assertThat(conf.get("spark.shuffle.compress")).isEqualTo("false");
    assertThat(conf.get("spark.shuffle.spill.compress")).isEqualTo("false");
    assertThat(conf.get("spark.shuffle.sort.bypassMergeThreshold")).isEqualTo("1");

    given.set("spark.shuffle.compress", "true");
    assertThat(SparkSessions.conversion(configure()).get("spark.shuffle.compress"))
        .isEqualTo("true");
  }

  private SparkConf configure(String... arguments) {
    SparkOptions options = CommandLine.populateCommand(new SparkOptions(), arguments);
    return SparkSessions.configuration(given, "test", options);
  }
}
