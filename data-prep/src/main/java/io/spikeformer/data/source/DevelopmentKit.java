package io.spikeformer.data.source;

import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.files.ArchiveForm;
import io.spikeformer.data.files.Entry;
import io.spikeformer.data.files.TarEntries;
import io.spikeformer.data.storage.Storage;
import io.spikeformer.data.text.Characters;
import io.spikeformer.data.text.TextFile;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;

/**
 * ImageNet's development kit of 2012 (ILSVRC2012_devkit_t12): the labels of the validation images.
 *
 * <p>The ground truth numbers classes by ILSVRC2012_ID, an order of its own; {@code meta.mat} maps
 * it to WordNet ids. It lists 860 inner nodes of the hierarchy too, which are no classes.
 */
final class DevelopmentKit {
  private static final String META = "data/meta.mat";
  private static final String TRUTH = "data/ILSVRC2012_validation_ground_truth.txt";
  private static final String IMAGE = "ILSVRC2012_val_%08d";
  private static final int MAX_BYTES = 64 << 20;

  private final List<String> classes;
  private final Map<String, String> classOfImage = new HashMap<>();

  private DevelopmentKit(byte[] meta, byte[] truth, Path place) {
    Map<Integer, String> wordNetIds = wordNetIds(meta, place);
    this.classes = wordNetIds.values().stream().sorted().toList();
    List<String> lines = TextFile.decode(TRUTH + " of " + place, truth).lines();
    for (int line = 0; line < lines.size(); line++) {
      String text = Characters.strip(lines.get(line));
      String wordNetId = text.matches("\\d{1,6}") ? wordNetIds.get(Integer.valueOf(text)) : null;
      if (wordNetId == null) {
        throw new UserException(
            "damaged development kit: expected an ILSVRC2012_ID of one of %d classes, found '%s'"
                + " in %s of %s line %d; get it again",
            classes.size(), Characters.named(text, 100), TRUTH, place, line + 1);
      }
      classOfImage.put(Text.format(IMAGE, line + 1), wordNetId);
    }
  }

  /** The kit in a folder. */
  static DevelopmentKit folder(Storage storage, Path folder) {
    return new DevelopmentKit(
        storage.read(new Path(folder, META), MAX_BYTES),
        storage.read(new Path(folder, TRUTH), MAX_BYTES),
        folder);
  }

  /** The kit as it is distributed, a .tar.gz file. */
  static DevelopmentKit archive(Storage storage, Path archive) {
    byte[] meta = null;
    byte[] truth = null;
    try (TarEntries tar = TarEntries.compressed(storage, archive)) {
      for (Entry entry = tar.next(); entry != null; entry = tar.next()) {
        if (entry.path().endsWith(META)) {
          meta = content(tar, entry);
        } else if (entry.path().endsWith(TRUTH)) {
          truth = content(tar, entry);
        }
      }
    } catch (IOException | IllegalArgumentException failure) {
      throw ArchiveForm.COMPRESSED_TAR.damaged(archive, failure);
    }
    if (meta == null || truth == null) {
      throw new UserException(
          "no development kit: expected %s and %s, found %s in %s",
          META, TRUTH, meta == null ? "no " + META : "no " + TRUTH, archive);
    }
    return new DevelopmentKit(meta, truth, archive);
  }

  private static byte[] content(TarEntries tar, Entry entry) throws IOException {
    if (entry.kind() != Entry.Kind.FILE) {
      throw new IOException(
          Text.format("expected a file, found %s: %s", entry.path(), entry.reason()));
    }
    if (entry.size() > MAX_BYTES) {
      throw new IOException(
          Text.format(
              "%s of %d bytes, expected at most %d", entry.path(), entry.size(), MAX_BYTES));
    }
    return tar.content((int) entry.size());
  }

  private static Map<Integer, String> wordNetIds(byte[] meta, Path place) {
    Map<Integer, String> ids = new TreeMap<>();
    try {
      for (Map<String, Object> synset : new MatlabStructs(meta).read("synsets")) {
        if (((Number) synset.get("num_children")).intValue() == 0) {
          ids.put(((Number) synset.get("ILSVRC2012_ID")).intValue(), (String) synset.get("WNID"));
        }
      }
    } catch (IOException | NullPointerException | ClassCastException failure) {
      throw new UserException(
          failure,
          "damaged development kit: expected synsets with ILSVRC2012_ID, WNID and num_children in"
              + " %s of %s, found: %s; get it again",
          META,
          place,
          failure.getMessage());
    }
    return ids;
  }

  /** The WordNet ids of the classes, sorted. */
  List<String> classes() {
    return classes;
  }

  /** WordNet id by name of the validation image, without its ending. */
  Map<String, String> classOfImage() {
    return classOfImage;
  }
}
