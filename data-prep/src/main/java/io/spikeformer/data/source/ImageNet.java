package io.spikeformer.data.source;

import io.spikeformer.common.Text;
import io.spikeformer.data.sample.ClassLabel;
import io.spikeformer.data.sample.ContentKind;
import io.spikeformer.data.sample.ImagePreparation;
import io.spikeformer.data.sample.Sample;
import io.spikeformer.data.sample.SampleKind;
import io.spikeformer.data.sample.TruthKind;
import io.spikeformer.data.storage.Storage;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.Path;

/**
 * Labelled images: ImageNet as it is distributed (a tar of a tar for each class; a tar of images
 * and a development kit with their labels), as Kaggle lays it out, and whatever else comes in
 * folders named after classes.
 */
public final class ImageNet implements Dataset {
  /** The name of this kind of dataset. */
  public static final String NAME = "imagenet";

  /** Setting: pixels to which the short side of larger images is reduced; absent: not at all. */
  public static final String SHORT_SIDE = "shortSide";

  /**
   * Setting: URI of the labels of images, wherever they lie: a CSV file, or ImageNet's development
   * kit as an archive or a folder.
   */
  public static final String LABELS = "labels";

  private static final String KAGGLE = "ILSVRC/Data/CLS-LOC";

  private final SampleSource source;
  private final String root;
  private final int shortSide;

  /** One split, in whatever form the input has. */
  public ImageNet(Storage storage, DatasetSpec spec) {
    Path input = new Path(spec.input());
    Path kaggle = new Path(input, KAGGLE);
    boolean isKaggle = storage.exists(kaggle);
    this.source =
        SampleSource.open(
            storage, isKaggle ? kaggle : input, spec.split(), labels(storage, spec, isKaggle));
    this.root = isKaggle ? KAGGLE + "/" : "";
    this.shortSide = spec.number(SHORT_SIDE, 0);
  }

  private static ImageLabels labels(Storage storage, DatasetSpec spec, boolean isKaggle) {
    String given = spec.settings().get(LABELS);
    if (given != null) {
      return ImageLabels.read(storage, Storage.path(given));
    }
    Path solution = new Path(spec.input(), Text.format("LOC_%s_solution.csv", spec.split()));
    boolean hasSolution = isKaggle && spec.split().equals("val") && storage.exists(solution);
    return hasSolution ? ImageLabels.read(storage, solution) : ImageLabels.NONE;
  }

  @Override
  public SampleKind kind() {
    return new SampleKind(ContentKind.IMAGE, TruthKind.CLASS_LABEL);
  }

  @Override
  public SourceIndex index() {
    return source.index().below(root);
  }

  @Override
  public SourceReader read(SourcePart part) {
    return source.read(part);
  }

  @Override
  public boolean readsFilesInAnyOrder() {
    return source.readsFilesInAnyOrder();
  }

  @Override
  public SamplePreparation preparation(List<String> classes) {
    Map<String, Integer> labels = labels(classes);
    ImagePreparation images = new ImagePreparation(shortSide);
    return (key, raw) ->
        new Sample(
            key,
            images.prepare(raw.content()),
            new ClassLabel(labels.get(key.substring(0, key.indexOf('/')))));
  }

  /** The label of each class. */
  private static Map<String, Integer> labels(List<String> classes) {
    Map<String, Integer> labels = new HashMap<>();
    for (int label = 0; label < classes.size(); label++) {
      labels.put(classes.get(label), label);
    }
    return labels;
  }
}
