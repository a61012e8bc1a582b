package io.spikeformer.jobs.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.spikeformer.data.detection.CocoDataset;
import io.spikeformer.data.detection.CocoImage;
import io.spikeformer.data.detection.DetectedObject;
import io.spikeformer.data.storage.Storage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ObjectScenesTest {
  private static final int SIZE = 96;

  @TempDir Path folder;

  @Test
  void annotationsAreThoseOfCocoAndAreReadBack() {
    new ObjectScenes(SIZE).write(folder, "train", 12, 7);
    Storage storage = new Storage(new Configuration());
    org.apache.hadoop.fs.Path file =
        Storage.path(ObjectScenes.annotations(folder, "train").toString());
    CocoDataset read = CocoDataset.read(() -> storage.open(file), "train.json");

    assertThat(read.rejected()).isEmpty();
    assertThat(read.classes()).containsExactly("disc", "square", "triangle");
    assertThat(read.images()).hasSize(12);
    Random random = new Random(7);
    for (CocoImage image : read.images()) {
      List<ObjectScenes.Placed> drawn = new ObjectScenes(SIZE).draw(random).objects();
      List<DetectedObject> objects = read.objects(image);
      assertThat(objects).hasSameSizeAs(drawn).isNotEmpty();
      for (int i = 0; i < drawn.size(); i++) {
        assertThat(objects.get(i).label()).isEqualTo(drawn.get(i).label());
        assertThat(objects.get(i).mask()).contains(drawn.get(i).mask());
        assertThat(objects.get(i).box()).isEqualTo(drawn.get(i).mask().box());
      }
    }
  }

  @Test
  void mostOfEveryShapeIsSeen() {
    Random random = new Random(3);
    for (int i = 0; i < 50; i++) {
      for (ObjectScenes.Placed placed : new ObjectScenes(SIZE).draw(random).objects()) {
        assertThat((double) placed.mask().area()).isGreaterThan(0.3 * placed.mask().box().area());
      }
    }
  }

  @Test
  void theSameSeedGivesTheSameFiles() throws Exception {
    new ObjectScenes(SIZE).write(folder.resolve("a"), "train", 3, 7);
    new ObjectScenes(SIZE).write(folder.resolve("b"), "train", 3, 7);
    for (String name : new String[] {"images/train/00002.png", "annotations/train.json"}) {
      assertThat(Files.readAllBytes(folder.resolve("a").resolve(name)))
          .isEqualTo(Files.readAllBytes(folder.resolve("b").resolve(name)));
    }
  }
}
