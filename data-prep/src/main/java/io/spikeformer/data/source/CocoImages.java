package io.spikeformer.data.source;

import io.spikeformer.common.StorageException;
import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.detection.CocoDataset;
import io.spikeformer.data.detection.CocoImage;
import io.spikeformer.data.files.DatasetFiles;
import io.spikeformer.data.files.Place;
import io.spikeformer.data.sample.ContentKind;
import io.spikeformer.data.sample.EncodedImage;
import io.spikeformer.data.sample.EncodedObjects;
import io.spikeformer.data.sample.ImagePreparation;
import io.spikeformer.data.sample.Rejection;
import io.spikeformer.data.sample.Sample;
import io.spikeformer.data.sample.SampleKind;
import io.spikeformer.data.sample.TruthKind;
import io.spikeformer.data.storage.InvalidSampleException;
import io.spikeformer.data.storage.Storage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;

/**
 * COCO: a folder or a .zip file of images, and a file of annotations, which names the images of the
 * split. Anyone's in COCO's form: {@code images/SPLIT/} and {@code annotations/SPLIT.json}, in a
 * folder or an archive.
 */
final class CocoImages implements Dataset {
  static final String NAME = "coco";

  /** Of anyone. */
  static final String OWN = "detection";

  /** Setting: URI of the annotations. */
  static final String ANNOTATIONS = "annotations";

  private static final int FILES_PER_PART = 256;
  private static final int SIZE_BYTES = 2 * Integer.BYTES;

  private final Storage storage;
  private final String split;
  private final Path images;
  private final DatasetFiles files;

  /** Where the images lie in the input. */
  private final String folder;

  /** URI of the annotations; null for those of the input. */
  private final String annotations;

  CocoImages(Storage storage, DatasetSpec spec) {
    this.storage = storage;
    this.split = spec.split();
    this.images = new Path(spec.input());
    this.files = DatasetFiles.of(storage, images);
    if (spec.dataset().equals(OWN)) {
      this.folder = "images/" + split;
      this.annotations = null;
      return;
    }
    this.folder = "";
    String place = spec.settings().get(ANNOTATIONS);
    if (place == null) {
      throw new IllegalArgumentException(
          "annotations: expected the file of the split, such as instances_train2017.json");
    }
    this.annotations = place;
  }

  @Override
  public SampleKind kind() {
    return new SampleKind(ContentKind.IMAGE, TruthKind.OBJECTS);
  }

  @Override
  public SourceIndex index() {
    if (annotations == null) {
      Place own = own();
      String name = files.name() + "/" + own.path();
      CocoDataset coco = CocoDataset.read(() -> open(own, name), name);
      try (files) {
        return index(coco, name);
      }
    }
    CocoAnnotationFile source = CocoAnnotationFile.of(storage, annotations, split);
    CocoDataset coco = CocoDataset.read(source::open, source.toString());
    try (files) {
      return index(coco, source.toString());
    }
  }

  private Place own() {
    String path = Text.format("annotations/%s.json", split);
    return files
        .find(path)
        .orElseThrow(
            () ->
                new UserException(
                    "%s: expected the file %s, found none; give the folder that holds it",
                    files.name(), path));
  }

  private InputStream open(Place place, String name) {
    try {
      return files.open(place);
    } catch (IOException failure) {
      throw new StorageException(failure, "cannot read %s: %s", name, failure.getMessage());
    }
  }

  private SourceIndex index(CocoDataset coco, String annotationFile) {
    Set<String> folders = new TreeSet<>();
    coco.images().forEach(image -> folders.add(folder(path(image.fileName()))));
    Map<String, Place> places = places(folders);
    Map<String, String> unusable = unusable(folders);
    PartBuilder parts = new PartBuilder(images.toString(), files.root(), FILES_PER_PART);
    List<Rejection> rejected = new ArrayList<>(files.outside());
    for (Rejection told : coco.rejected()) {
      boolean isImage = !told.path().equals(annotationFile);
      rejected.add(isImage ? new Rejection(files.root() + path(told.path()), told.reason()) : told);
    }
    Set<String> named = new HashSet<>();
    coco.rejected().forEach(told -> named.add(path(told.path())));
    long count = rejected.size();
    long bytes = 0;
    for (CocoImage image : coco.images()) {
      count++;
      String path = path(image.fileName());
      Place place = places.get(path);
      named.add(path);
      if (place == null) {
        String reason = unusable.getOrDefault(path, "annotated, but there is no such image");
        rejected.add(new Rejection(files.root() + path, reason));
        continue;
      }
      bytes += place.size();
      parts.add(
          new SourcePart.Item(
              image.fileName(),
              place.path(),
              place.offset(),
              place.size(),
              truth(image, coco.objectBytes(image))));
    }
    boolean usable = count > rejected.size();
    if (annotations == null) {
      List<String> others =
          places.keySet().stream().filter(path -> !named.contains(path)).sorted().toList();
      count += others.size();
      others.forEach(
          path -> rejected.add(new Rejection(files.root() + path, "not in the annotations")));
    }
    if (!usable) {
      throw new NothingUsableException(
          Text.format(
              "no images: expected those of %s in %s, found none that can be used",
              annotations, images),
          rejected);
    }
    return new SourceIndex(
        coco.classes(),
        parts.parts(),
        "",
        files.root(),
        count,
        bytes,
        files.ignored(folders),
        rejected,
        coco.notes());
  }

  /** Where the files lie, each folder that holds one listed once. */
  private Map<String, Place> places(Set<String> folders) {
    Map<String, Place> places = new HashMap<>();
    for (String folder : folders) {
      String prefix = folder.isEmpty() ? "" : folder + "/";
      files.list(folder).forEach(place -> places.put(prefix + place.name(), place));
    }
    return places;
  }

  /** Why entries of the folders cannot be read, by their paths. */
  private Map<String, String> unusable(Set<String> folders) {
    Map<String, String> reasons = new HashMap<>();
    for (String folder : folders) {
      String prefix = folder.isEmpty() ? "" : folder + "/";
      files.rejected(folder).forEach((name, reason) -> reasons.put(prefix + name, reason));
    }
    return reasons;
  }

  private static String folder(String path) {
    return path.substring(0, Math.max(0, path.lastIndexOf('/')));
  }

  /** An image's path in the input, in one spelling. */
  private String path(String fileName) {
    return Stream.concat(Stream.of(folder), Arrays.stream(fileName.split("/")))
        .filter(name -> !name.isEmpty() && !name.equals("."))
        .collect(Collectors.joining("/"));
  }

  private static byte[] truth(CocoImage image, byte[] objects) {
    return ByteBuffer.allocate(SIZE_BYTES + objects.length)
        .putInt(image.height())
        .putInt(image.width())
        .put(objects)
        .array();
  }

  @Override
  public SourceReader read(SourcePart part) {
    return new FileReader(
        part,
        file -> RawSample.of(files.read(file.place(), MAX_FILE_BYTES), file.truth()),
        files::close);
  }

  @Override
  public boolean readsFilesInAnyOrder() {
    return files.isFolder();
  }

  @Override
  public SamplePreparation preparation(List<String> classes) {
    ImagePreparation preparation = ImagePreparation.ofStoredPixels();
    return (key, raw) -> {
      EncodedImage image = preparation.prepare(raw.content());
      ByteBuffer size = ByteBuffer.wrap(raw.truth());
      int height = size.getInt();
      int width = size.getInt();
      if (image.height() != height || image.width() != width) {
        throw new InvalidSampleException(
            Text.format(
                "another size than annotated: expected %d x %d pixels (height x width), found %d"
                    + " x %d",
                height, width, image.height(), image.width()));
      }
      byte[] objects = Arrays.copyOfRange(raw.truth(), SIZE_BYTES, raw.truth().length);
      return new Sample(key, image, new EncodedObjects(objects));
    };
  }
}
