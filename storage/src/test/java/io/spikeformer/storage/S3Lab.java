package io.spikeformer.storage;

import com.amazonaws.auth.AWSStaticCredentialsProvider;
import com.amazonaws.auth.BasicAWSCredentials;
import com.amazonaws.client.builder.AwsClientBuilder.EndpointConfiguration;
import com.amazonaws.services.s3.AmazonS3;
import com.amazonaws.services.s3.AmazonS3ClientBuilder;
import com.amazonaws.services.s3.model.ListMultipartUploadsRequest;
import com.amazonaws.services.s3.model.S3ObjectSummary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileSystem;

/**
 * An S3 server with a bucket, a proxy before it, and the commands of the job jar with the settings
 * of conf/s3a.conf.
 */
final class S3Lab implements AutoCloseable {
  static final String BUCKET = "lab";

  private final S3Server server;
  private final FaultProxy proxy;
  private final AmazonS3 objects;
  private final Commands commands = new Commands();

  /** Starts everything; what it needs on disk goes into a folder. */
  S3Lab(Path folder) throws IOException, InterruptedException {
    server = S3Server.start(folder);
    proxy = new FaultProxy(server.port());
    objects =
        AmazonS3ClientBuilder.standard()
            .withCredentials(
                new AWSStaticCredentialsProvider(
                    new BasicAWSCredentials(S3Server.ACCESS_KEY, S3Server.SECRET_KEY)))
            .withEndpointConfiguration(
                new EndpointConfiguration("http://127.0.0.1:" + server.port(), "us-east-1"))
            .withPathStyleAccessEnabled(true)
            .build();
    objects.createBucket(BUCKET);
    shippedSettings().forEach(commands::set);
    commands.setHadoop("fs.s3a.endpoint", proxy.endpoint());
    commands.setHadoop("fs.s3a.endpoint.region", "us-east-1");
    commands.setHadoop("fs.s3a.path.style.access", "true");
    commands.setHadoop("fs.s3a.connection.ssl.enabled", "false");
    commands.setHadoop("fs.s3a.buffer.dir", folder.resolve("buffer").toString());
    // as often as shipped or less, and without the waits
    commands.setHadoop("fs.s3a.attempts.maximum", "2");
    commands.setHadoop("fs.s3a.retry.interval", "20ms");
    commands.setHadoop("fs.s3a.retry.throttle.interval", "20ms");
    commands.setSecret("fs.s3a.access.key", S3Server.ACCESS_KEY);
    commands.setSecret("fs.s3a.secret.key", S3Server.SECRET_KEY);
  }

  /** The lines of conf/s3a.conf. */
  static Map<String, String> shippedSettings() throws IOException {
    Path file = Path.of(System.getProperty("spikeformer.root"), "conf/s3a.conf");
    Map<String, String> settings = new LinkedHashMap<>();
    for (String line : Files.readAllLines(file)) {
      if (!line.isBlank() && !line.startsWith("#")) {
        String[] words = line.strip().split("\\s+", 2);
        settings.put(words[0], words[1]);
      }
    }
    return settings;
  }

  FaultProxy proxy() {
    return proxy;
  }

  /** What is stored, by the server's own word. */
  AmazonS3 objects() {
    return objects;
  }

  /** The commands, with the settings of the server. */
  Commands commands() {
    return commands;
  }

  /** Starts a command in a process of its own, its credentials in the environment. */
  Process start(Path log, String... arguments) throws IOException {
    ProcessBuilder builder = commands.process(log, arguments);
    builder.environment().put("AWS_ACCESS_KEY_ID", S3Server.ACCESS_KEY);
    builder.environment().put("AWS_SECRET_ACCESS_KEY", S3Server.SECRET_KEY);
    return builder.start();
  }

  /** Uploads the files below a folder. */
  void upload(Path folder, String prefix) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        objects.putObject(BUCKET, prefix + "/" + folder.relativize(file), file.toFile());
      }
    }
  }

  /** All objects below a prefix, by the rest of their keys. */
  Map<String, byte[]> content(String prefix) throws IOException {
    Map<String, byte[]> content = new TreeMap<>();
    for (S3ObjectSummary object :
        objects.listObjectsV2(BUCKET, prefix + "/").getObjectSummaries()) {
      try (var stream = objects.getObject(BUCKET, object.getKey()).getObjectContent()) {
        content.put(object.getKey().substring(prefix.length() + 1), stream.readAllBytes());
      }
    }
    return content;
  }

  /** The keys below a prefix, without it. */
  List<String> names(String prefix) {
    return objects.listObjectsV2(BUCKET, prefix + "/").getObjectSummaries().stream()
        .map(object -> object.getKey().substring(prefix.length() + 1))
        .toList();
  }

  /** Uploads in parts that were begun and neither completed nor given up. */
  int unfinishedUploads() {
    return objects
        .listMultipartUploads(new ListMultipartUploadsRequest(BUCKET))
        .getMultipartUploads()
        .size();
  }

  static String uri(String key) {
    return "s3a://" + BUCKET + "/" + key;
  }

  @Override
  public void close() throws IOException {
    FileSystem.closeAll();
    objects.shutdown();
    proxy.close();
    server.close();
  }
}
