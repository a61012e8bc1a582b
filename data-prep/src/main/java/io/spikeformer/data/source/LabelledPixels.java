package io.spikeformer.data.source;

import io.spikeformer.common.Text;
import io.spikeformer.data.files.DatasetFiles;
import io.spikeformer.data.files.Place;
import io.spikeformer.data.sample.ContentKind;
import io.spikeformer.data.sample.Rejection;
import io.spikeformer.data.sample.SampleKind;
import io.spikeformer.data.sample.TruthKind;
import io.spikeformer.data.segmentation.Ade20k;
import io.spikeformer.data.segmentation.LabelCoding;
import io.spikeformer.data.segmentation.LabelledImages;
import io.spikeformer.data.segmentation.SegmentationEntry;
import io.spikeformer.data.segmentation.SegmentationIndex;
import io.spikeformer.data.segmentation.SegmentationPreparation;
import io.spikeformer.data.segmentation.Voc2012;
import io.spikeformer.data.storage.InvalidSampleException;
import io.spikeformer.data.storage.Storage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;

/** ADE20K, VOC2012 and anyone's: images and label images, in a folder or in an archive. */
final class LabelledPixels implements Dataset {
  static final String ADE20K = "ade20k";
  static final String VOC2012 = "voc2012";

  /** Of anyone. */
  static final String OWN = "segmentation";

  /** Setting of VOC2012: {@value #AUGMENTED} takes the label images of SegmentationClassAug. */
  static final String LABELS = "labels";

  static final String AUGMENTED = "augmented";
  private static final int FILES_PER_PART = 256;

  private final DatasetFiles files;
  private final DatasetSpec spec;

  LabelledPixels(Storage storage, DatasetSpec spec) {
    this.files = DatasetFiles.of(storage, new Path(spec.input()));
    this.spec = spec;
  }

  @Override
  public SampleKind kind() {
    return new SampleKind(ContentKind.IMAGE, TruthKind.LABEL_MAP);
  }

  @Override
  public SourceIndex index() {
    try (files) {
      return index(find());
    }
  }

  private SourceIndex index(SegmentationIndex found) {
    List<Rejection> rejected = new ArrayList<>(files.outside());
    found.rejected().forEach(told -> rejected.add(told.below(files.root())));
    if (found.entries().isEmpty()) {
      throw new NothingUsableException(
          Text.format(
              "no images: expected images with label images for split %s in %s, found none",
              spec.split(), spec.input()),
          rejected);
    }
    Map<String, Place> places = places(found.entries());
    PartBuilder parts = new PartBuilder(spec.input(), files.root(), FILES_PER_PART);
    long bytes = 0;
    for (SegmentationEntry entry : found.entries()) {
      Place image = places.get(entry.image());
      byte[] labels = places.get(entry.labels()).text().getBytes(StandardCharsets.UTF_8);
      bytes += image.size();
      parts.add(
          new SourcePart.Item(entry.key(), image.path(), image.offset(), image.size(), labels));
    }
    return new SourceIndex(
        found.classes(),
        parts.parts(),
        "",
        files.root(),
        found.entries().size() + rejected.size(),
        bytes,
        files.ignored(found.folders()),
        rejected);
  }

  private SegmentationIndex find() {
    return switch (spec.dataset()) {
      case ADE20K -> Ade20k.index(files, spec.split());
      case VOC2012 -> {
        boolean augmented = AUGMENTED.equals(spec.settings().get(LABELS));
        yield Voc2012.index(
            files, spec.split(), augmented ? Voc2012.Labels.AUGMENTED : Voc2012.Labels.ORIGINAL);
      }
      default -> LabelledImages.index(files, spec.split());
    };
  }

  /** Where the files lie, each folder listed once. */
  private Map<String, Place> places(List<SegmentationEntry> entries) {
    Map<String, Place> places = new HashMap<>();
    entries.stream()
        .flatMap(entry -> Stream.of(entry.image(), entry.labels()))
        .map(path -> path.substring(0, path.lastIndexOf('/')))
        .distinct()
        .forEach(
            folder ->
                files.list(folder).forEach(file -> places.put(folder + "/" + file.name(), file)));
    return places;
  }

  @Override
  public SourceReader read(SourcePart part) {
    return new FileReader(part, new Pairs(), files::close);
  }

  /** Reads images with their label images, whose places are what is known of the images. */
  private final class Pairs implements FileReader.Content {
    @Override
    public RawSample read(SourcePart.Item image) throws InvalidSampleException {
      return RawSample.of(
          files.read(image.place(), MAX_FILE_BYTES), files.read(labelImage(image), MAX_FILE_BYTES));
    }

    @Override
    public String labels(SourcePart.Item image) {
      return labelImage(image).path();
    }

    private static Place labelImage(SourcePart.Item image) {
      return Place.parse(new String(image.truth(), StandardCharsets.UTF_8));
    }
  }

  @Override
  public boolean readsFilesInAnyOrder() {
    return files.isFolder();
  }

  @Override
  public SamplePreparation preparation(List<String> classes) {
    LabelCoding coding =
        spec.dataset().equals(ADE20K) ? LabelCoding.ADE20K : LabelCoding.ofLabels(classes.size());
    SegmentationPreparation pairs = new SegmentationPreparation(coding);
    return (key, raw) -> pairs.prepare(key, raw.content(), raw.truth());
  }
}
