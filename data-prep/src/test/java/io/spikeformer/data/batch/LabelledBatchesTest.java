package io.spikeformer.data.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.common.UserException;
import io.spikeformer.data.TestImages;
import io.spikeformer.data.TestShards;
import io.spikeformer.data.augment.ColourJitter;
import io.spikeformer.data.augment.ImageAugmentation;
import io.spikeformer.data.augment.InterpolationChoice;
import io.spikeformer.data.augment.PhotometricDistortion;
import io.spikeformer.data.augment.RandAugment;
import io.spikeformer.data.augment.RandomErasing;
import io.spikeformer.data.geometry.Crop;
import io.spikeformer.data.geometry.Geometry;
import io.spikeformer.data.geometry.Padding;
import io.spikeformer.data.geometry.Rect;
import io.spikeformer.data.geometry.Resize;
import io.spikeformer.data.geometry.Window;
import io.spikeformer.data.image.ImageCodec;
import io.spikeformer.data.image.ImageEncoding;
import io.spikeformer.data.image.RgbImage;
import io.spikeformer.data.order.SampleRef;
import io.spikeformer.data.sample.ContentKind;
import io.spikeformer.data.sample.EncodedImage;
import io.spikeformer.data.sample.EncodedLabelMap;
import io.spikeformer.data.sample.Sample;
import io.spikeformer.data.sample.SampleKind;
import io.spikeformer.data.sample.TruthKind;
import io.spikeformer.data.segmentation.LabelMap;
import io.spikeformer.data.shard.ManifestFormat;
import io.spikeformer.data.shard.ShardManifest;
import io.spikeformer.data.shard.ShardSet;
import io.spikeformer.data.shard.ShardWriter;
import io.spikeformer.data.storage.Storage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class LabelledBatchesTest {
  private static final SampleKind KIND = new SampleKind(ContentKind.IMAGE, TruthKind.LABEL_MAP);
  private static final PixelNormalisation SIGNED =
      new PixelNormalisation(List.of(0.5, 0.5, 0.5), List.of(0.5, 0.5, 0.5));
  private static final PhotometricDistortion PHOTOMETRIC =
      new PhotometricDistortion(32, 0.5, 0.5, 18);
  private static final int SIDE = 48;
  private static final int BLOCK = 12;

  /** Heights and widths: tiny, odd, long, and the last without any label. */
  private static final int[][] SIZES = {
    {1, 1}, {58, 58}, {17, 300}, {96, 120}, {96, 120}, {130, 70}, {40, 40}
  };

  @TempDir Path folder;
  private ShardSet shards;

  private record Maps(List<LabelMap> maps, List<Geometry> plans) implements Targets {
    static Maps of(List<SampleTruth> truths, List<Geometry> plans) {
      List<LabelMap> maps = new ArrayList<>();
      for (int i = 0; i < truths.size(); i++) {
        assertThat(truths.get(i).labelMap()).as("decoded once").isSameAs(truths.get(i).labelMap());
        maps.add(truths.get(i).labelMap().apply(plans.get(i)));
      }
      return new Maps(maps, plans);
    }
  }

  @BeforeEach
  void writeShards() {
    shards = write(folder.resolve("labelled"));
  }

  @ParameterizedTest
  @EnumSource(PaddingColour.class)
  void coloursAndLabelsStayTogether(PaddingColour padding) {
    ImageTransform transform = training(ImageAugmentation.NONE, padding).transform();
    int seen = 0;
    int padded = 0;
    for (int epoch = 0; epoch < 20; epoch++) {
      for (Batch batch : readAll(transform, new ReadOptions(4, 5, epoch, 1, 2))) {
        Maps targets = (Maps) batch.targets();
        for (int i = 0; i < batch.size(); i++) {
          LabelMap map = targets.maps().get(i);
          for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
              float red = batch.pixels()[((i * SIDE + y) * SIDE + x) * 3];
              if (isPadding(targets.plans().get(i), x, y)) {
                assertThat(map.label(y, x)).isEqualTo(LabelMap.IGNORED);
                assertThat(red)
                    .isEqualTo(
                        switch (padding) {
                          case BLACK -> -1;
                          case MEAN -> 0;
                          case GREY -> value(114);
                        });
                padded++;
              } else if (isInside(map, y, x)) {
                assertThat(red).isEqualTo(value(level(map.label(y, x))));
                seen++;
              }
            }
          }
        }
      }
    }
    assertThat(seen).isGreaterThan(10_000);
    assertThat(padded).isGreaterThan(10_000);
  }

  @Test
  void levelsChangeBeforeThePaddingIsAdded() {
    ImageAugmentation distorted =
        new ImageAugmentation(
            InterpolationChoice.BILINEAR, null, ColourJitter.NONE, PHOTOMETRIC, RandomErasing.NONE);
    List<Batch> plain =
        readAll(training(ImageAugmentation.NONE, PaddingColour.MEAN).transform(), options(1));
    List<Batch> changed = readAll(training(distorted, PaddingColour.MEAN).transform(), options(1));
    int different = 0;
    for (int batch = 0; batch < plain.size(); batch++) {
      Maps targets = (Maps) changed.get(batch).targets();
      assertThat(targets.plans()).isEqualTo(((Maps) plain.get(batch).targets()).plans());
      float[] pixels = changed.get(batch).pixels();
      for (int at = 0; at < pixels.length; at++) {
        int pixel = at / 3;
        Geometry plan = targets.plans().get(pixel / (SIDE * SIDE));
        if (isPadding(plan, pixel % SIDE, pixel / SIDE % SIDE)) {
          assertThat(pixels[at]).isZero();
        }
        different += pixels[at] == plain.get(batch).pixels()[at] ? 0 : 1;
      }
    }
    assertThat(different).isGreaterThan(5_000);
  }

  @Test
  void aBatchOfEvaluationIsOneWholeImageOfItsOwnSize() {
    TransformConfig input = evaluation();
    List<Batch> batches = readAll(input.transform(), options(1));

    assertThat(batches).hasSize(SIZES.length).allMatch(batch -> batch.size() == 1);
    assertThat(batches)
        .extracting(batch -> List.of(batch.height(), batch.width()))
        .containsExactly(
            List.of(32, 32),
            List.of(32, 32),
            List.of(5, 80),
            List.of(32, 40),
            List.of(32, 40),
            List.of(59, 32),
            List.of(32, 32));
    for (Batch batch : batches) {
      Maps targets = (Maps) batch.targets();
      assertThat(batch.pixels()).hasSize(batch.height() * batch.width() * 3);
      assertThat(targets.maps().get(0).height()).isEqualTo(batch.height());
      assertThat(batch.height() * batch.width())
          .isLessThanOrEqualTo(input.height() * input.width());
    }
  }

  @Test
  void threadsChangeNothing() {
    ImageAugmentation distorted =
        new ImageAugmentation(
            InterpolationChoice.BILINEAR,
            null,
            ColourJitter.NONE,
            PHOTOMETRIC,
            new RandomErasing(0.5));
    List<TransformConfig> inputs = List.of(training(distorted, PaddingColour.MEAN), evaluation());
    for (TransformConfig input : inputs) {
      List<Batch> one = readAll(input.transform(), options(1));
      List<Batch> four = readAll(input.transform(), options(4));
      assertThat(four).hasSameSizeAs(one);
      for (int batch = 0; batch < one.size(); batch++) {
        assertThat(four.get(batch).pixels()).isEqualTo(one.get(batch).pixels());
        assertThat(four.get(batch).keys()).isEqualTo(one.get(batch).keys());
        assertThat(((Maps) four.get(batch).targets()).plans())
            .isEqualTo(((Maps) one.get(batch).targets()).plans());
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"0.75, 0, 0", "1, 20, 80"})
  void theRuleForClassesDrawsFullWindowsAgain(double largestShare, int least, int most) {
    // windows of 8 pixels on blocks of 12: many lie in one block
    Crop crop =
        new Crop.Scaled(
            new Resize.Original(), new Window.Random(8, 8, largestShare), new Padding.Size(8, 8));
    ImageTransform transform = new TransformConfig(crop, 0.5, SIGNED).transform();
    int full = 0;
    for (int epoch = 0; epoch < 100; epoch++) {
      for (Batch batch : readAll(transform, new ReadOptions(4, 5, epoch, 1, 2))) {
        int at = batch.keys().indexOf("4");
        if (at >= 0) {
          LabelMap map = ((Maps) batch.targets()).maps().get(at);
          full += map.largest(Geometry.identity(8, 8)) >= 0.75 ? 1 : 0;
        }
      }
    }
    assertThat(full).isBetween(least, most);
  }

  @Test
  void otherTruthIsRefusedByTheManifest() {
    TestShards.write(folder.resolve("classes"), 2);
    ShardSet classes = ShardSet.open(folder.resolve("classes").toString(), new Configuration());

    assertThatThrownBy(() -> evaluation().requireFits(classes, TruthKind.LABEL_MAP))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith(
            "shards of other samples: expected segmentation of images, found classification of"
                + " images in ")
        .hasMessageNotContaining("\n");
    SampleTruth truth = new SampleTruth(classes.samples(0).get(0));
    assertThatThrownBy(truth::labelMap)
        .isInstanceOf(UserException.class)
        .hasMessage(
            "label maps: expected samples for segmentation, found them for classification; name"
                + " another split");
  }

  @Test
  void operationsThatMovePixelsAloneAreRefused() {
    ImageAugmentation moving =
        new ImageAugmentation(
            InterpolationChoice.BILINEAR,
            RandAugment.of("rand-m9-n2"),
            ColourJitter.NONE,
            RandomErasing.NONE);
    assertThatThrownBy(
            () -> training(moving, PaddingColour.MEAN).requireFits(shards, TruthKind.LABEL_MAP))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "augmentation: expected no rand-augment for segmentation of images, since some of its"
                + " operations move pixels and no object with them, found rand-m9-n2; set"
                + " data.training.rand-augment=none");
  }

  @Test
  void damagedLabelMapsAreNamed() {
    EncodedImage image = new EncodedImage(TestImages.png(4, 5, 0), ImageEncoding.PNG, 4, 5);
    SampleTruth damaged =
        new SampleTruth(new Sample("a/b", image, new EncodedLabelMap(new byte[] {1, 2, 3})));
    assertThatThrownBy(damaged::labelMap)
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("sample a/b: expected a PNG label map, found bytes that ")
        .hasMessageEndingWith("; prepare the data again");
    byte[] other = new LabelMap(5, 4, new byte[20]).encode();
    SampleTruth turned = new SampleTruth(new Sample("a/b", image, new EncodedLabelMap(other)));
    assertThatThrownBy(turned::labelMap)
        .isInstanceOf(UserException.class)
        .hasMessage(
            "sample a/b: expected a label map of 4 x 5 pixels, found 5 x 4; prepare the data"
                + " again");
  }

  private static TransformConfig training(ImageAugmentation augmentation, PaddingColour padding) {
    Crop crop =
        new Crop.Scaled(
            new Resize.Fit(64, 192, 0.5, 2),
            new Window.Random(SIDE, SIDE, 0.75),
            new Padding.Size(SIDE, SIDE));
    return new TransformConfig(crop, 0.5, SIGNED, augmentation, padding);
  }

  private static TransformConfig evaluation() {
    return TransformConfig.evaluation(Crop.Scaled.fit(32, 80, new Padding.None()), SIGNED);
  }

  private static ReadOptions options(int threads) {
    return ReadOptions.of(4, 5, 1).withThreads(threads);
  }

  private List<Batch> readAll(ImageTransform transform, ReadOptions options) {
    List<SampleRef> order =
        IntStream.range(0, SIZES.length).mapToObj(row -> new SampleRef(0, row)).toList();
    List<Batch> batches = new ArrayList<>();
    try (BatchReader reader =
        new BatchReader(new ShardCache(shards, 0), order, transform, Maps::of, options)) {
      assertThat(reader.batches())
          .isEqualTo(transform.extent().fixed() ? (SIZES.length + 3) / 4 : SIZES.length);
      reader.forEachRemaining(batches::add);
    }
    return batches;
  }

  private static boolean isPadding(Geometry plan, int x, int y) {
    Rect content = plan.content();
    return x < content.x() || x >= content.right() || y < content.y() || y >= content.bottom();
  }

  /** Whether a label has nothing else within reach of the interpolation. */
  private static boolean isInside(LabelMap map, int y, int x) {
    int label = map.label(y, x);
    for (int row = y - 3; row <= y + 3; row++) {
      for (int column = x - 3; column <= x + 3; column++) {
        boolean outside = row < 0 || column < 0 || row >= map.height() || column >= map.width();
        if (outside || map.label(row, column) != label || label == LabelMap.IGNORED) {
          return false;
        }
      }
    }
    return true;
  }

  private static int level(int label) {
    return 20 + 7 * label;
  }

  private static float value(int level) {
    return (float) ((level / 255.0 - 0.5) / 0.5);
  }

  private static ShardSet write(Path place) {
    Storage storage = new Storage(new Configuration());
    org.apache.hadoop.fs.Path split = Storage.path(place.toString());
    ShardWriter.Written shard =
        new ShardWriter(storage, split, KIND)
            .write(
                0,
                sink -> {
                  for (int row = 0; row < SIZES.length; row++) {
                    sink.accept(sample(row));
                  }
                });
    ShardManifest manifest =
        new ShardManifest(
            ShardManifest.SCHEMA_VERSION,
            KIND,
            "train",
            IntStream.range(0, 30).mapToObj(label -> "class" + label).toList(),
            new ShardManifest.Source(
                "ade20k", "file:/in", SIZES.length, 1, 0, 1, Collections.emptySortedMap()),
            SIZES.length,
            0,
            0,
            List.of(shard.shard()));
    ManifestFormat.write(storage, split, manifest);
    return ShardSet.open(split.toString(), new Configuration());
  }

  /** Blocks whose colour tells their class; the last sample has no labels at all. */
  private static Sample sample(int row) {
    int height = SIZES[row][0];
    int width = SIZES[row][1];
    byte[] labels = new byte[height * width];
    byte[] pixels = new byte[3 * labels.length];
    for (int i = 0; i < labels.length; i++) {
      int label = (i / width / BLOCK * 5 + i % width / BLOCK * 3) % 30;
      labels[i] = (byte) label;
      Arrays.fill(pixels, 3 * i, 3 * i + 3, (byte) level(label));
      pixels[3 * i + 1] = 90;
    }
    if (row == SIZES.length - 1) {
      Arrays.fill(labels, (byte) LabelMap.IGNORED);
    }
    byte[] png = new ImageCodec().encode(new RgbImage(height, width, pixels), ImageEncoding.PNG);
    return new Sample(
        "" + row,
        new EncodedImage(png, ImageEncoding.PNG, height, width),
        new EncodedLabelMap(new LabelMap(height, width, labels).encode()));
  }
}
