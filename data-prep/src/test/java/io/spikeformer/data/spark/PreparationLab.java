package io.spikeformer.data.spark;

import io.spikeformer.data.shard.ShardManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** A real Spark, with Kryo and registration required, a folder of files, and the conversion. */
abstract class PreparationLab {
  static JavaSparkContext spark;
  @TempDir Path folder;

  @BeforeAll
  static void startSpark() {
    SparkConf conf =
        new SparkConf()
            .setMaster("local[2]")
            .setAppName("preparation")
            .set("spark.ui.enabled", "false")
            .set("spark.serializer", "org.apache.spark.serializer.KryoSerializer")
            .set("spark.kryo.registrationRequired", "true")
            .set("spark.hadoop.fs.breakable.impl", BreakableFileSystem.class.getName())
            .registerKryoClasses(DataKryoClasses.all());
    spark = new JavaSparkContext(conf);
  }

  @AfterAll
  static void stopSpark() {
    spark.stop();
  }

  final ShardManifest run(PrepareOptions options) {
    return new PrepareJob(spark, PrepareListener.SILENT).run(options);
  }

  final String path(String name) {
    return folder.resolve(name).toString();
  }

  final void put(String name, byte[] content) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, content);
  }
}
