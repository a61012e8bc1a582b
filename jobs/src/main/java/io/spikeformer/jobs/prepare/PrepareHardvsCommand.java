package io.spikeformer.jobs.prepare;

import io.spikeformer.data.events.DamagedRecordings;
import io.spikeformer.data.events.FrameOptions;
import io.spikeformer.data.events.FrameSplit;
import io.spikeformer.data.events.PolarityColours;
import io.spikeformer.data.events.SensorSize;
import io.spikeformer.data.events.TimeUnit;
import io.spikeformer.data.source.EventSettings;
import io.spikeformer.data.source.RecordingFormat;
import io.spikeformer.jobs.cli.OutputOptions;
import io.spikeformer.jobs.cli.PositiveNumber;
import java.util.OptionalInt;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Converts recordings of event cameras into shards of frames. */
@Command(
    name = "hardvs",
    description = {
      "Converts recordings of event cameras into shards of frames.",
      "The input holds HAR-DVS: SPLIT_label.txt and action_001/NAME. Or it holds"
          + " SPLIT/class/NAME or class/NAME, or is one recording. A recording is an .aedat4 file,"
          + " an .npz file of t, x, y and p, or a folder of pictures. It becomes"
          + " T frames of OFF and ON counts. Recordings that cannot be used are listed in"
          + " _rejected.jsonl. A conversion that was stopped goes on where it was.",
    },
    showDefaultValues = true,
    footerHeading = "%nExample:%n",
    footer = {
      "  jobs/spikeformer prepare hardvs --input HARDVS --output shards/hardvs --split train \\",
      "    --shards 64 --timesteps 8 --size 224x224",
      "  jobs/spikeformer prepare hardvs --input sample.aedat4 --output shards/mine --split test \\",
      "    --shards 1 --frame-split time"
    })
final class PrepareHardvsCommand implements Runnable {
  private static final String SENSOR = "260x346";
  private static final String RED = "ff0000";
  private static final String BLUE = "0000ff";

  @Spec private CommandSpec spec;
  @Mixin private ConversionOptions conversion;
  @Mixin private OutputOptions output;

  @Option(
      names = "--labels",
      paramLabel = "PATH",
      description = "Label file, if it is not SPLIT_label.txt in the input.",
      showDefaultValue = Visibility.NEVER)
  private String labels;

  @Option(
      names = "--class-names",
      paramLabel = "PATH",
      description = "Names of the classes, a line each; without it, the names of the folders.",
      showDefaultValue = Visibility.NEVER)
  private String classNames;

  @Option(
      names = "--format",
      paramLabel = "F",
      defaultValue = "any",
      description = "The form of the recordings that are read: any, aedat4, npz or pictures.")
  private String format;

  @Option(
      names = "--timesteps",
      paramLabel = "T",
      defaultValue = "" + FrameOptions.DEFAULT_FRAMES,
      description = "Frames of a recording: the timesteps of the model.",
      converter = PositiveNumber.class)
  private int timesteps;

  @Option(
      names = "--frame-split",
      paramLabel = "BY",
      defaultValue = "number",
      description = "Frames of equal number of events, or of equal time: number or time.")
  private String frameSplit;

  @Option(
      names = "--size",
      paramLabel = "HxW",
      defaultValue = "224x224",
      description = "Pixels of a frame, height x width; events of a larger sensor are summed.")
  private String size;

  @Option(
      names = "--max-count",
      paramLabel = "C",
      defaultValue = "" + FrameOptions.LARGEST_COUNT,
      description = "Larger counts are clipped; 1 makes the frames binary.",
      converter = PositiveNumber.class)
  private int maxCount;

  @Option(
      names = "--sensor",
      paramLabel = "HxW",
      defaultValue = SENSOR,
      description = "For .npz files: pixels of the camera, height x width.")
  private String sensor;

  @Option(
      names = "--time-unit",
      paramLabel = "U",
      defaultValue = "microseconds",
      description = "For .npz files: the unit of times, microseconds or seconds.")
  private String timeUnit;

  @Option(
      names = "--on-colour",
      paramLabel = "RRGGBB",
      defaultValue = RED,
      description = "For pictures: the colour of ON events.")
  private String onColour;

  @Option(
      names = "--off-colour",
      paramLabel = "RRGGBB",
      defaultValue = BLUE,
      description = "For pictures: the colour of OFF events.")
  private String offColour;

  @Option(
      names = "--stream",
      paramLabel = "N",
      description =
          "For .aedat4 files: number of the stream of events that is read. Without it the lowest is"
              + " read. If there are several, the choice is noted in _notes.jsonl.",
      showDefaultValue = Visibility.NEVER)
  private Integer stream;

  @Option(
      names = "--damaged",
      paramLabel = "D",
      defaultValue = "reject",
      description =
          "Recordings that are cut or whose time goes back: reject, or keep-prefix for the events"
              + " before the damage, with a note of each.")
  private String damaged;

  @Override
  public void run() {
    conversion.run(
        conversion.of(settings().toSpec(conversion.input(), conversion.split())), output);
  }

  private EventSettings settings() {
    try {
      return parsed();
    } catch (IllegalArgumentException impossible) {
      throw new ParameterException(spec.commandLine(), impossible.getMessage(), impossible);
    }
  }

  private EventSettings parsed() {
    SensorSize frame = EventSettings.size(size);
    return new EventSettings(
        new FrameOptions(
            timesteps, FrameSplit.of(frameSplit), frame.height(), frame.width(), maxCount),
        EventSettings.size(sensor),
        TimeUnit.of(timeUnit),
        new PolarityColours(EventSettings.colour(onColour), EventSettings.colour(offColour)),
        RecordingFormat.of(format),
        labels,
        classNames,
        stream == null ? OptionalInt.empty() : OptionalInt.of(stream),
        DamagedRecordings.of(damaged));
  }
}
