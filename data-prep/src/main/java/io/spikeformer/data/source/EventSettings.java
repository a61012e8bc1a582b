package io.spikeformer.data.source;

import io.spikeformer.common.Text;
import io.spikeformer.data.events.DamagedRecordings;
import io.spikeformer.data.events.FrameOptions;
import io.spikeformer.data.events.PolarityColours;
import io.spikeformer.data.events.SensorSize;
import io.spikeformer.data.events.TimeUnit;
import io.spikeformer.data.storage.Storage;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Settings of a conversion of event recordings, with the facts that the files do not give.
 *
 * @param frames T, size and counts of the samples
 * @param sensor the camera's size, of .npz files alone
 * @param timeUnit the unit of their times, of .npz files alone
 * @param colours of ON and OFF events, of pictures alone
 * @param format which files are recordings
 * @param labels URI of the split's label file; null for SPLIT_label.txt in the input if there is
 *     one, and else for the folders' names
 * @param classNames URI of a file of class names; null for the folders' names
 * @param stream number of the stream of events, of AEDAT 4.0 files alone; empty for the lowest
 * @param damaged the treatment of recordings that are cut or whose time goes back
 */
public record EventSettings(
    FrameOptions frames,
    SensorSize sensor,
    TimeUnit timeUnit,
    PolarityColours colours,
    RecordingFormat format,
    String labels,
    String classNames,
    OptionalInt stream,
    DamagedRecordings damaged) {
  private static final String SENSOR = "sensor";
  private static final String TIME_UNIT = "timeUnit";
  private static final String ON_COLOUR = "onColour";
  private static final String OFF_COLOUR = "offColour";
  private static final String FORMAT = "format";
  private static final String LABELS = "labels";
  private static final String CLASS_NAMES = "classNames";
  private static final String STREAM = "stream";
  private static final String DAMAGED = "damaged";
  private static final Pattern SIZE = Pattern.compile("(\\d{1,5})x(\\d{1,5})");
  private static final Pattern COLOUR = Pattern.compile("[0-9A-Fa-f]{6}");
  private static final int HEXADECIMAL = 16;

  /** Checks that everything except the files is stated. */
  public EventSettings {
    Objects.requireNonNull(frames, "frames");
    Objects.requireNonNull(sensor, "sensor");
    Objects.requireNonNull(timeUnit, "timeUnit");
    Objects.requireNonNull(colours, "colours");
    Objects.requireNonNull(format, "format");
    Objects.requireNonNull(damaged, "damaged");
    if (stream.orElse(0) < 0) {
      throw new IllegalArgumentException(
          Text.format("stream: expected a number >= 0, found %s", stream.getAsInt()));
    }
    labels = labels == null ? null : Storage.path(labels).toString();
    classNames = classNames == null ? null : Storage.path(classNames).toString();
  }

  /** Recordings of any format as HAR-DVS has them: DAVIS346, microseconds, red ON and blue OFF. */
  public static EventSettings of(FrameOptions frames) {
    return new EventSettings(
        frames,
        SensorSize.DAVIS346,
        TimeUnit.MICROSECONDS,
        PolarityColours.RED_AND_BLUE,
        RecordingFormat.ANY,
        null,
        null,
        OptionalInt.empty(),
        DamagedRecordings.REJECT);
  }

  /**
   * The same with other choices about recordings.
   *
   * @param number of the stream of events, of AEDAT 4.0 files alone; empty for the lowest
   * @param choice the treatment of damaged ones
   */
  public EventSettings withRecordings(OptionalInt number, DamagedRecordings choice) {
    return new EventSettings(
        frames, sensor, timeUnit, colours, format, labels, classNames, number, choice);
  }

  /**
   * The split of a dataset with these settings: the frames' all, others if not at their default.
   */
  public DatasetSpec toSpec(String input, String split) {
    EventSettings usual = of(frames);
    TreeMap<String, String> settings = new TreeMap<>(frames.settings());
    if (!sensor.equals(usual.sensor)) {
      settings.put(SENSOR, sensor.height() + "x" + sensor.width());
    }
    if (timeUnit != usual.timeUnit) {
      settings.put(TIME_UNIT, timeUnit.id());
    }
    if (!colours.equals(usual.colours)) {
      settings.put(ON_COLOUR, Text.format("%06x", colours.on()));
      settings.put(OFF_COLOUR, Text.format("%06x", colours.off()));
    }
    if (format != usual.format) {
      settings.put(FORMAT, format.id());
    }
    if (labels != null) {
      settings.put(LABELS, labels);
    }
    if (classNames != null) {
      settings.put(CLASS_NAMES, classNames);
    }
    stream.ifPresent(number -> settings.put(STREAM, Integer.toString(number)));
    if (damaged != usual.damaged) {
      settings.put(DAMAGED, damaged.id());
    }
    return new DatasetSpec(EventRecordings.NAME, input, split, settings);
  }

  /**
   * Reads back what {@link #toSpec} wrote.
   *
   * @throws IllegalArgumentException naming a setting that is missing or impossible
   */
  static EventSettings of(DatasetSpec spec) {
    Map<String, String> settings = spec.settings();
    EventSettings usual = of(FrameOptions.of(settings));
    String sensor = settings.get(SENSOR);
    String unit = settings.get(TIME_UNIT);
    String on = settings.get(ON_COLOUR);
    String off = settings.get(OFF_COLOUR);
    String format = settings.get(FORMAT);
    String damaged = settings.get(DAMAGED);
    return new EventSettings(
        usual.frames,
        sensor == null ? usual.sensor : size(sensor),
        unit == null ? usual.timeUnit : TimeUnit.of(unit),
        new PolarityColours(
            on == null ? usual.colours.on() : colour(on),
            off == null ? usual.colours.off() : colour(off)),
        format == null ? usual.format : RecordingFormat.of(format),
        settings.get(LABELS),
        settings.get(CLASS_NAMES),
        settings.containsKey(STREAM) ? OptionalInt.of(spec.number(STREAM, 0)) : OptionalInt.empty(),
        damaged == null ? usual.damaged : DamagedRecordings.of(damaged));
  }

  /** A size written as HEIGHTxWIDTH. */
  public static SensorSize size(String text) {
    Matcher matcher = SIZE.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          Text.format("size: expected HEIGHTxWIDTH in pixels, such as 260x346, found %s", text));
    }
    return new SensorSize(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
  }

  /** A colour written as six hexadecimal digits, RRGGBB. */
  public static int colour(String text) {
    if (!COLOUR.matcher(text).matches()) {
      throw new IllegalArgumentException(
          Text.format("colour: expected six hexadecimal digits, such as ff0000, found %s", text));
    }
    return Integer.parseInt(text, HEXADECIMAL);
  }
}
