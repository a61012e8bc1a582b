package io.spikeformer.data.source;

import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.events.InvalidEventsException;
import io.spikeformer.data.files.ArchiveForm;
import io.spikeformer.data.files.EntryRule;
import io.spikeformer.data.files.FolderWalk;
import io.spikeformer.data.sample.Rejection;
import io.spikeformer.data.storage.Storage;
import io.spikeformer.data.text.TextFile;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/** Looks through recordings of events once, without opening any. */
final class EventIndex {
  /** The end of a folder of pictures in a part. */
  static final String FOLDER = "/";

  /** Recordings that one task opens: few enough to balance, since each takes a while. */
  private static final int FILES_PER_PART = 64;

  /** HAR-DVS has 107,646 recordings, whose lines take 5 MB. */
  private static final int MAX_LIST_BYTES = 256 << 20;

  private final Storage storage;
  private final DatasetSpec spec;
  private final EventSettings settings;
  private final Path input;
  private final List<Found> found = new ArrayList<>();
  private final List<Rejection> rejected = new ArrayList<>();
  private long ignored;

  /** A recording: its file, or its folder of pictures, whose size is still to be summed up. */
  private record Found(String key, String name, Path path, long bytes, int label) {
    boolean isFolder() {
      return name.endsWith(FOLDER);
    }
  }

  /** A recording, and the number of hidden files in its folder of pictures. */
  private record Sized(Found found, long hidden) {}

  /** Where recordings are looked for, and what stands before their keys. */
  private record Place(Path root, String prefix) {}

  EventIndex(Storage storage, DatasetSpec spec, EventSettings settings) {
    this.storage = storage;
    this.spec = spec;
    this.settings = settings;
    this.input = new Path(spec.input());
  }

  SourceIndex build() {
    FileStatus status =
        storage
            .status(input)
            .orElseThrow(
                () ->
                    new UserException(
                        "missing input: expected a folder of recordings or a recording at %s,"
                            + " found nothing",
                        input));
    if (!status.isDirectory()) {
      return single(status);
    }
    Path labels =
        settings.labels() == null
            ? new Path(input, spec.split() + "_label.txt")
            : new Path(settings.labels());
    return settings.labels() != null || storage.exists(labels) ? labelled(labels) : byFolders();
  }

  /** One recording: its class is the folder that it lies in. */
  private SourceIndex single(FileStatus file) {
    RecordingFormat format = RecordingFormat.ofFile(input.getName());
    if (format == RecordingFormat.ANY) {
      throw new UserException(
          "unknown input: expected a folder, an .aedat4 or an .npz file, found %s%s",
          input,
          ArchiveForm.of(input.getName()).isPresent() ? "; unpack it and give its folder" : "");
    }
    String className = input.getParent().getName();
    List<String> classes = List.of(className.isEmpty() ? "recording" : className);
    String key = classes.get(0) + "/" + format.stem(input.getName());
    found.add(new Found(key, input.getName(), input, file.getLen(), 0));
    return toIndex(new Place(input.getParent(), ""), named(classes));
  }

  /** The recordings that a label file names; others belong to other splits. */
  private SourceIndex labelled(Path labels) {
    Map<String, TreeMap<String, List<FileStatus>>> actions = new HashMap<>();
    storage.list(input).forEach(this::isIgnored);
    for (HarDvsLabels.Entry entry : readLabels(labels)) {
      List<FileStatus> files =
          actions
              .computeIfAbsent(
                  entry.action(), action -> recordings(Storage.child(input, action), null))
              .getOrDefault(entry.recording(), List.of());
      if (files.isEmpty()) {
        rejected.add(
            new Rejection(
                entry.key(),
                Text.format(
                    "in %s, but there is no %s of it in %s",
                    labels.getName(), expected(), entry.action())));
      } else {
        add("", entry.action(), entry.recording(), files, entry.label());
      }
    }
    return toIndex(new Place(input, ""), named(HarDvsLabels.classes()));
  }

  private String expected() {
    return settings.format() == RecordingFormat.ANY
        ? ".aedat4 file, .npz file or folder"
        : settings.format().id();
  }

  private List<HarDvsLabels.Entry> readLabels(Path labels) {
    try {
      return HarDvsLabels.read(TextFile.read(storage, labels, MAX_LIST_BYTES));
    } catch (InvalidEventsException reason) {
      throw new UserException(reason, "labels: %s", reason.getMessage());
    }
  }

  private SourceIndex byFolders() {
    Path splitFolder = new Path(input, spec.split());
    boolean hasSplit = storage.status(splitFolder).map(FileStatus::isDirectory).orElse(false);
    Place place = hasSplit ? new Place(splitFolder, spec.split() + "/") : new Place(input, "");
    List<String> classes = new ArrayList<>();
    for (FileStatus entry : storage.list(place.root())) {
      String name = entry.getPath().getName();
      if (isIgnored(entry)) {
        continue;
      }
      if (entry.isDirectory()) {
        int label = classes.size();
        classes.add(name);
        recordings(entry.getPath(), place.prefix() + name)
            .forEach((recording, files) -> add(place.prefix(), name, recording, files, label));
      } else {
        String reason = entry.isSymlink() ? Storage.DEAD_LINK : "not in a class folder";
        rejected.add(new Rejection(place.prefix() + name, reason));
      }
    }
    return toIndex(place, named(classes));
  }

  /**
   * The files of a class folder by the names of recordings, of the wanted format.
   *
   * @param otherFiles prefix under which files that are no recordings are rejected; null: passed
   *     over, since what is a sample is told by labels
   */
  private TreeMap<String, List<FileStatus>> recordings(Path folder, String otherFiles) {
    TreeMap<String, List<FileStatus>> recordings = new TreeMap<>();
    for (FileStatus entry : storage.list(folder)) {
      String name = entry.getPath().getName();
      RecordingFormat format = RecordingFormat.ofFile(name);
      if (isIgnored(entry)) {
        continue;
      }
      if (entry.isDirectory()) {
        collect(recordings, RecordingFormat.PICTURES, name, entry);
      } else if (format != RecordingFormat.ANY) {
        collect(recordings, format, format.stem(name), entry);
      } else if (otherFiles != null) {
        rejected.add(
            new Rejection(
                otherFiles + "/" + name,
                entry.isSymlink()
                    ? Storage.DEAD_LINK
                    : "expected an .aedat4 file, an .npz file or a folder of pictures"));
      }
    }
    return recordings;
  }

  /** Whether an entry is hidden; then its files are counted. */
  private boolean isIgnored(FileStatus entry) {
    boolean hidden = EntryRule.hidden(entry.getPath().getName());
    ignored += hidden ? FolderWalk.count(storage, entry) : 0;
    return hidden;
  }

  private void collect(
      TreeMap<String, List<FileStatus>> recordings,
      RecordingFormat format,
      String recording,
      FileStatus entry) {
    if (settings.format() == RecordingFormat.ANY || settings.format() == format) {
      recordings.computeIfAbsent(recording, unused -> new ArrayList<>()).add(entry);
    }
  }

  private void add(
      String prefix, String className, String recording, List<FileStatus> files, int label) {
    String key = className + "/" + recording;
    String folder = prefix + className + "/";
    if (files.size() > 1) {
      List<String> forms = files.stream().map(file -> file.getPath().getName()).toList();
      String reason =
          Text.format("expected one form of the recording, found %s; state the format", forms);
      forms.forEach(form -> rejected.add(new Rejection(folder + form, reason)));
      return;
    }
    FileStatus file = files.get(0);
    if (file.isSymlink()) {
      rejected.add(new Rejection(folder + file.getPath().getName(), Storage.DEAD_LINK));
      return;
    }
    String name = className + "/" + file.getPath().getName() + (file.isDirectory() ? FOLDER : "");
    long bytes = file.isDirectory() ? 0 : file.getLen();
    found.add(new Found(key, name, file.getPath(), bytes, label));
  }

  private List<String> named(List<String> classes) {
    if (settings.classNames() == null) {
      return classes;
    }
    Path names = new Path(settings.classNames());
    try {
      return HarDvsLabels.readClassNames(
          TextFile.read(storage, names, MAX_LIST_BYTES), classes.size());
    } catch (InvalidEventsException reason) {
      throw new UserException(reason, "class names: %s", reason.getMessage());
    }
  }

  private SourceIndex toIndex(Place place, List<String> classes) {
    if (found.isEmpty()) {
      throw new NothingUsableException(
          Text.format(
              "no recordings: expected those that %s_label.txt names, %s/class/recording or"
                  + " class/recording in %s (%s), found none",
              spec.split(), spec.split(), input, expected()),
          rejected);
    }
    // folders of pictures are listed side by side: stores answer slowly, but many at once
    List<Sized> looked =
        found.parallelStream().map(one -> one.isFolder() ? sized(one) : new Sized(one, 0)).toList();
    List<Found> sized =
        looked.stream()
            .map(Sized::found)
            // the largest first: they take a task of their own, which should not begin last
            .sorted(Comparator.comparingLong(Found::bytes).reversed().thenComparing(Found::key))
            .toList();
    PartBuilder parts = new PartBuilder(place.root().toString(), "", FILES_PER_PART);
    for (Found one : sized) {
      byte[] label = ByteBuffer.allocate(Integer.BYTES).putInt(one.label()).array();
      parts.add(new SourcePart.Item(one.key(), one.name(), 0, one.bytes(), label));
    }
    return new SourceIndex(
        classes,
        parts.parts(),
        place.prefix(),
        "",
        sized.size() + (long) rejected.size(),
        sized.stream().mapToLong(Found::bytes).sum(),
        ignored + looked.stream().mapToLong(Sized::hidden).sum(),
        rejected);
  }

  private Sized sized(Found one) {
    List<FileStatus> pictures = storage.list(one.path());
    long bytes = pictures.stream().mapToLong(FileStatus::getLen).sum();
    long hidden =
        pictures.stream()
            .filter(picture -> EntryRule.hidden(picture.getPath().getName()))
            .mapToLong(picture -> FolderWalk.count(storage, picture))
            .sum();
    return new Sized(new Found(one.key(), one.name(), one.path(), bytes, one.label()), hidden);
  }
}
