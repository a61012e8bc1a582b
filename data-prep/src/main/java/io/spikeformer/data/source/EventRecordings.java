package io.spikeformer.data.source;

import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.events.DamagedEventsException;
import io.spikeformer.data.events.EventFrameCodec;
import io.spikeformer.data.events.EventFrames;
import io.spikeformer.data.events.EventIntegrator;
import io.spikeformer.data.events.EventRecording;
import io.spikeformer.data.events.FrameImage;
import io.spikeformer.data.events.FrameImageIntegrator;
import io.spikeformer.data.events.InvalidEventsException;
import io.spikeformer.data.events.StreamOpener;
import io.spikeformer.data.files.EntryRule;
import io.spikeformer.data.sample.ClassLabel;
import io.spikeformer.data.sample.ContentKind;
import io.spikeformer.data.sample.EncodedFrames;
import io.spikeformer.data.sample.Sample;
import io.spikeformer.data.sample.SampleKind;
import io.spikeformer.data.sample.TruthKind;
import io.spikeformer.data.storage.InvalidSampleException;
import io.spikeformer.data.storage.Storage;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * Recordings of event cameras: HAR-DVS with its label files, folders named after classes, or one
 * recording. Each becomes frames where it is read, so that only they travel to the shards.
 */
public final class EventRecordings implements Dataset {
  /** The name of this kind of dataset. */
  public static final String NAME = "hardvs";

  /** Recordings up to this size are read once; larger ones are streamed twice. */
  private static final int IN_MEMORY_BYTES = 32 << 20;

  private static final int BUFFER_BYTES = 1 << 16;

  /** In the order of time whether or not their numbers are padded with zeros. */
  private static final Comparator<FileStatus> BY_NUMBER =
      Comparator.comparing((FileStatus file) -> file.getPath().getName().length())
          .thenComparing(file -> file.getPath().getName());

  private final Storage storage;
  private final DatasetSpec spec;
  private final EventSettings settings;
  private final EventIntegrator events;
  private final FrameImageIntegrator pictures;
  private final EventFrameCodec codec = new EventFrameCodec();

  EventRecordings(Storage storage, DatasetSpec spec) {
    this.storage = storage;
    this.spec = spec;
    this.settings = EventSettings.of(spec);
    this.events = new EventIntegrator(settings.frames());
    this.pictures = new FrameImageIntegrator(settings.frames(), settings.colours());
  }

  @Override
  public SampleKind kind() {
    return new SampleKind(ContentKind.EVENTS, TruthKind.CLASS_LABEL);
  }

  @Override
  public SourceIndex index() {
    return new EventIndex(storage, spec, settings).build();
  }

  @Override
  public SourceReader read(SourcePart part) {
    Path root = new Path(part.location());
    return FileReader.streaming(part, recording -> read(root, recording));
  }

  private RawSample read(Path root, SourcePart.Item recording) {
    try {
      List<String> notes = new ArrayList<>();
      EventFrames frames = frames(root, recording, notes);
      return RawSample.frames(
              codec.encode(frames),
              recording.truth(),
              frames.frames(),
              frames.height(),
              frames.width())
          .withNotes(notes);
    } catch (DamagedEventsException damage) {
      return RawSample.rejected(
          damage.getMessage() + "; --damaged keep-prefix keeps the events before it");
    } catch (InvalidEventsException reason) {
      return RawSample.rejected(reason.getMessage());
    } catch (IOException failure) {
      throw new UserException(
          failure,
          "cannot read %s in %s: %s (%s)",
          recording.name(),
          root,
          String.valueOf(failure.getMessage()).lines().findFirst().orElse(""),
          failure.getClass().getSimpleName());
    }
  }

  private EventFrames frames(Path root, SourcePart.Item recording, List<String> notes)
      throws IOException, InvalidEventsException {
    String name = recording.name();
    if (name.endsWith(EventIndex.FOLDER)) {
      return pictures.integrate(name, pictures(root, name));
    }
    StreamOpener opener = opener(Storage.child(root, name));
    EventRecording stream =
        RecordingFormat.ofFile(name) == RecordingFormat.AEDAT4
            ? EventRecording.aedat4(name, opener, settings.stream())
            : EventRecording.npz(name, opener, settings.sensor(), settings.timeUnit());
    EventRecording kept = stream.withDamaged(settings.damaged());
    return events.integrate(
        recording.size() <= IN_MEMORY_BYTES ? kept.inMemory(IN_MEMORY_BYTES) : kept, notes::add);
  }

  private List<FrameImage> pictures(Path root, String folder) throws InvalidEventsException {
    List<FileStatus> files =
        storage.list(Storage.child(root, folder)).stream()
            .filter(file -> !EntryRule.hidden(file.getPath().getName()))
            .sorted(BY_NUMBER)
            .toList();
    List<FrameImage> pictures = new ArrayList<>(files.size());
    for (FileStatus file : files) {
      String name = folder + file.getPath().getName();
      if (!file.isFile()) {
        throw new InvalidEventsException(
            Text.format(
                "%s: expected a picture, found %s",
                name, file.isSymlink() ? Storage.DEAD_LINK : "a folder"));
      }
      pictures.add(new FrameImage(name, opener(file.getPath())));
    }
    return pictures;
  }

  private StreamOpener opener(Path file) {
    return () -> new BufferedInputStream(storage.open(file), BUFFER_BYTES);
  }

  @Override
  public SamplePreparation preparation(List<String> classes) {
    return (key, raw) -> {
      int label = ByteBuffer.wrap(raw.truth()).getInt();
      if (label >= classes.size()) {
        throw new InvalidSampleException(
            Text.format("label: expected less than %d, found %d", classes.size(), label));
      }
      int[] shape = raw.shape();
      return new Sample(
          key,
          new EncodedFrames(raw.content(), shape[0], shape[1], shape[2]),
          new ClassLabel(label));
    };
  }
}
