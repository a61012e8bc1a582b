package io.spikeformer.data.source;

import io.spikeformer.data.ImagePreparation;
import io.spikeformer.data.Storage;
import io.spikeformer.data.Task;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.Path;

/** Labelled images in folders named after classes, as ImageNet's are. */
public final class ImageNet implements Dataset {
  /** The name of this kind of dataset. */
  public static final String NAME = "imagenet";

  /** Setting: pixels to which the short side of larger images is reduced; absent: not at all. */
  public static final String SHORT_SIDE = "shortSide";

  private final SampleSource source;
  private final int shortSide;

  /** One split, in whatever form the input has. */
  public ImageNet(Storage storage, DatasetSpec spec) {
    this.source = SampleSource.open(storage, new Path(spec.input()), spec.split());
    this.shortSide = spec.number(SHORT_SIDE, 0);
  }

  @Override
  public Task task() {
    return Task.CLASSIFICATION;
  }

  @Override
  public SourceIndex index() {
    return source.index();
  }

  @Override
  public SourceReader read(SourcePart part) {
    return source.read(part);
  }

  @Override
  public SamplePreparation preparation(List<String> classes) {
    Map<String, Integer> labels = labels(classes);
    ImagePreparation images = new ImagePreparation(shortSide);
    return (key, raw) ->
        images.prepare(key, labels.get(key.substring(0, key.indexOf('/'))), raw.content());
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
