package io.spikeformer.data.source;

import io.spikeformer.data.Rejection;
import io.spikeformer.data.Storage;
import io.spikeformer.data.Task;
import io.spikeformer.data.segmentation.Ade20k;
import io.spikeformer.data.segmentation.DatasetFiles;
import io.spikeformer.data.segmentation.LabelCoding;
import io.spikeformer.data.segmentation.SegmentationEntry;
import io.spikeformer.data.segmentation.SegmentationIndex;
import io.spikeformer.data.segmentation.SegmentationPreparation;
import io.spikeformer.data.segmentation.Voc2012;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/** ADE20K and VOC2012: folders of images and of label images. */
final class LabelledPixels implements Dataset {
  static final String ADE20K = "ade20k";
  static final String VOC2012 = "voc2012";

  /** Setting of VOC2012: {@value #AUGMENTED} takes the label images of SegmentationClassAug. */
  static final String LABELS = "labels";

  static final String AUGMENTED = "augmented";
  private static final int FILES_PER_PART = 256;

  private final Storage storage;
  private final DatasetSpec spec;
  private final LabelCoding coding;

  LabelledPixels(Storage storage, DatasetSpec spec) {
    this.storage = storage;
    this.spec = spec;
    this.coding = spec.dataset().equals(ADE20K) ? LabelCoding.ADE20K : LabelCoding.VOC2012;
  }

  @Override
  public Task task() {
    return Task.SEGMENTATION;
  }

  @Override
  public SourceIndex index() {
    Path root = new Path(spec.input());
    SegmentationIndex found = find(DatasetFiles.folder(storage, root));
    List<Rejection> rejected = new ArrayList<>(found.rejected());
    Map<String, Long> sizes = sizes(root, found.entries());
    PartBuilder parts = new PartBuilder(root.toString(), FILES_PER_PART);
    long bytes = 0;
    for (SegmentationEntry entry : found.entries()) {
      long size = sizes.get(entry.image());
      bytes += size;
      byte[] labels = entry.labels().getBytes(StandardCharsets.UTF_8);
      parts.add(new SourcePart.Item(entry.key(), entry.image(), 0, size, labels));
    }
    return new SourceIndex(
        found.classes(),
        parts.parts(),
        "",
        found.entries().size() + rejected.size(),
        bytes,
        0,
        rejected);
  }

  private SegmentationIndex find(DatasetFiles files) {
    if (coding == LabelCoding.ADE20K) {
      return Ade20k.index(files, spec.split());
    }
    boolean augmented = AUGMENTED.equals(spec.settings().get(LABELS));
    return Voc2012.index(
        files, spec.split(), augmented ? Voc2012.Labels.AUGMENTED : Voc2012.Labels.ORIGINAL);
  }

  /** Sizes of the images, each folder listed once. */
  private Map<String, Long> sizes(Path root, List<SegmentationEntry> entries) {
    Map<String, Long> sizes = new HashMap<>();
    entries.stream()
        .map(entry -> entry.image().substring(0, entry.image().lastIndexOf('/')))
        .distinct()
        .forEach(
            folder -> {
              for (FileStatus file : storage.list(new Path(root, folder))) {
                sizes.put(folder + "/" + file.getPath().getName(), file.getLen());
              }
            });
    return sizes;
  }

  @Override
  public SourceReader read(SourcePart part) {
    Path root = new Path(part.location());
    return new FileReader(
        part,
        file -> {
          String labels = new String(file.truth(), StandardCharsets.UTF_8);
          return RawSample.of(
              storage.read(new Path(root, file.name()), MAX_FILE_BYTES),
              storage.read(new Path(root, labels), MAX_FILE_BYTES));
        });
  }

  @Override
  public SamplePreparation preparation(List<String> classes) {
    SegmentationPreparation pairs = new SegmentationPreparation(coding);
    return (key, raw) -> pairs.prepare(key, raw.content(), raw.truth());
  }
}
