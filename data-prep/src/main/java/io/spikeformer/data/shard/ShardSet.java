package io.spikeformer.data.shard;

import io.spikeformer.common.UserException;
import io.spikeformer.data.sample.Sample;
import io.spikeformer.data.sample.SampleKind;
import io.spikeformer.data.storage.Checksums;
import io.spikeformer.data.storage.Storage;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/** A prepared split: its manifest and its shards. Immutable, thread-safe. */
public final class ShardSet {
  private static final String REMEDY =
      "run prepare again with the same options: it writes only what is missing or damaged";

  private final Storage storage;
  private final Path folder;
  private final ShardManifest manifest;

  private ShardSet(Storage storage, Path folder, ShardManifest manifest) {
    this.storage = storage;
    this.folder = folder;
    this.manifest = manifest;
  }

  /**
   * Opens a split and checks that every shard is there.
   *
   * @param location URI or path of the folder that holds {@code _manifest.json}
   * @param configuration how Hadoop reaches it
   * @throws UserException if it is not prepared, of another schema version or incomplete
   */
  public static ShardSet open(String location, Configuration configuration) {
    Storage storage = new Storage(configuration);
    Path folder = Storage.path(location);
    ShardSet set = new ShardSet(storage, folder, ManifestFormat.read(storage, folder));
    set.requireAllShards();
    return set;
  }

  public ShardManifest manifest() {
    return manifest;
  }

  /** The folder, as text for messages. */
  public String location() {
    return folder.toString();
  }

  /**
   * Checks what the split holds.
   *
   * @param expected the kind of samples that a caller can use
   * @throws UserException if they are of another one
   */
  public void require(SampleKind expected) {
    if (!manifest.kind().equals(expected)) {
      throw new UserException(
          "shards of other samples: expected %s, found %s in %s; name a split prepared for %s",
          expected.text(), manifest.kind().text(), folder, expected.text());
    }
  }

  /**
   * All samples of a shard, in their order, after its checksum is verified.
   *
   * @param shard index, from 0
   * @throws UserException if the shard is missing or not what the manifest says
   */
  public List<Sample> samples(int shard) {
    ShardManifest.Shard expected = manifest.shards().get(shard);
    Path file = new Path(folder, expected.file());
    byte[] bytes = storage.read(file, (int) ShardWriter.MAX_BYTES);
    String checksum = Checksums.sha256(bytes);
    if (!checksum.equals(expected.sha256())) {
      throw damaged(file, "checksum " + expected.sha256(), checksum);
    }
    List<Sample> samples = new ShardReader(bytes, file, manifest.columns()).samples();
    if (samples.size() != expected.rows()) {
      throw damaged(file, expected.rows() + " rows", "" + samples.size());
    }
    return List.copyOf(samples);
  }

  private void requireAllShards() {
    Map<String, Long> sizes =
        storage.list(folder).stream()
            .collect(Collectors.toMap(entry -> entry.getPath().getName(), FileStatus::getLen));
    List<String> missing =
        manifest.shards().stream()
            .map(ShardManifest.Shard::file)
            .filter(file -> !sizes.containsKey(file))
            .toList();
    if (!missing.isEmpty()) {
      throw new UserException(
          "missing shard: expected %d shards in %s, found %d, without %s; %s",
          manifest.shards().size(),
          folder,
          manifest.shards().size() - missing.size(),
          missing.get(0),
          REMEDY);
    }
    for (ShardManifest.Shard shard : manifest.shards()) {
      long size = sizes.get(shard.file());
      if (size != shard.bytes()) {
        throw damaged(new Path(folder, shard.file()), shard.bytes() + " bytes", "" + size);
      }
    }
  }

  private static UserException damaged(Path file, String expected, String found) {
    return new UserException(
        "damaged shard %s: expected %s, found %s; %s", file, expected, found, REMEDY);
  }
}
