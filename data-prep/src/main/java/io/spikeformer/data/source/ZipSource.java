package io.spikeformer.data.source;

import io.spikeformer.data.files.DatasetFiles;
import io.spikeformer.data.storage.Storage;
import org.apache.hadoop.fs.Path;

/** Images in a .zip file, whose members are read one by one. */
final class ZipSource implements SampleSource {
  private final Storage storage;
  private final Path input;
  private final String split;
  private final ImageLabels labels;
  private final DatasetFiles files;

  ZipSource(Storage storage, Path input, String split, ImageLabels labels) {
    this.storage = storage;
    this.input = input;
    this.split = split;
    this.labels = labels;
    this.files = DatasetFiles.of(storage, input);
  }

  @Override
  public SourceIndex index() {
    ArchiveIndex index = new ArchiveIndex(input, split, labels);
    DatasetFiles.visit(storage, input, entry -> index.add(ClassLayout.Leaf.of(entry)));
    return index.toIndex();
  }

  @Override
  public SourceReader read(SourcePart part) {
    return new FileReader(
        part, file -> RawSample.of(files.read(file.place(), MAX_FILE_BYTES)), files::close);
  }
}
