package io.spikeformer.data.events;

import io.spikeformer.common.Text;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads the events of a NumPy `.npz`: four arrays, or one array of structures, with the columns t,
 * x, y and p. Four arrays lie one behind the other in the file but are needed side by side, so the
 * file is opened once for each, and memory does not grow with it.
 */
final class NpzReader implements EventReader {
  private static final int TIME = 0;
  private static final int X = 1;
  private static final int Y = 2;
  private static final int POLARITY = 3;

  /** The columns in the order above, each with the names that occur. */
  private static final List<Set<String>> NAMES =
      List.of(
          Set.of("t", "ts", "timestamp"), Set.of("x"), Set.of("y"), Set.of("p", "pol", "polarity"));

  /** Events that are taken from each column at once. */
  private static final int CHUNK = 8192;

  /** A member that is being read, with its elements of the current chunk. */
  private record Source(ZipMember member, EventColumns header, byte[] bytes, ByteBuffer elements) {
    Source(ZipMember member, EventColumns header) {
      this(member, header, new byte[CHUNK * header.stride()]);
    }

    private Source(ZipMember member, EventColumns header, byte[] bytes) {
      this(member, header, bytes, ByteBuffer.wrap(bytes));
    }
  }

  /** Where one of the four columns comes from. */
  private record Column(Source source, EventColumns.Field field, long[] values) {
    Column(Source source, EventColumns.Field field) {
      this(source, field, new long[CHUNK]);
    }

    InvalidEventsException fault(long event, String what) {
      return source.member().fault(Text.format("event %d: %s", event, what));
    }

    DamagedEventsException backInTime(long event, long previous, long time) {
      return source
          .member()
          .damage(
              Text.format(
                  "event %d: goes back in time: expected at least %d us, found %d us",
                  event, previous, time));
    }
  }

  private final SensorSize sensor;
  private final TimeUnit unit;
  private final List<Source> sources = new ArrayList<>();
  private final List<Column> columns = new ArrayList<>();
  private final long length;
  private long done;
  private long latest = Long.MIN_VALUE;

  /** The damage behind the events that were given; thrown when more are asked for. */
  private DamagedEventsException damage;

  /** Opens the members; nothing stays open after a failure. */
  NpzReader(String file, StreamOpener opener, SensorSize sensor, TimeUnit unit)
      throws IOException, InvalidEventsException {
    this.sensor = sensor;
    this.unit = unit;
    try {
      openColumns(file, opener);
      this.length = sources.get(0).header().length();
      for (Source source : sources) {
        if (source.header().length() != length) {
          throw source
              .member()
              .fault(
                  Text.format(
                      "expected %d events as in '%s', found %d",
                      length, sources.get(0).member().name(), source.header().length()));
        }
      }
    } catch (DamagedEventsException cut) {
      close();
      // no event is whole without all of its arrays
      throw new InvalidEventsException(cut.getMessage());
    } catch (IOException | InvalidEventsException | RuntimeException failure) {
      close();
      throw failure;
    }
  }

  /**
   * Arrays are told by their names, wherever they stand; without them structures are looked for.
   */
  private void openColumns(String file, StreamOpener opener)
      throws IOException, InvalidEventsException {
    for (Set<String> names : NAMES) {
      if (!openArray(file, opener, names)) {
        close();
        sources.clear();
        columns.clear();
        openStructures(file, opener, names);
        return;
      }
    }
  }

  /** Opens the first array of numbers that has one of the names, if there is one. */
  private boolean openArray(String file, StreamOpener opener, Set<String> names)
      throws IOException, InvalidEventsException {
    ZipMember member = new ZipMember(new CountingStream(opener.open(), file));
    boolean opened = false;
    try {
      while (!opened && member.next()) {
        if (names.contains(member.name())) {
          EventColumns header = EventColumns.read(member);
          opened = !header.isStructured() && addSource(member, header, header.fields());
        }
      }
      return opened;
    } catch (DamagedEventsException cut) {
      // structures may stand in front of it
      return false;
    } finally {
      if (!opened) {
        member.close();
      }
    }
  }

  /**
   * Opens the first array of structures that has all columns.
   *
   * @param missing names that no array has, for messages
   */
  private void openStructures(String file, StreamOpener opener, Set<String> missing)
      throws IOException, InvalidEventsException {
    ZipMember member = new ZipMember(new CountingStream(opener.open(), file));
    List<String> seen = new ArrayList<>();
    InvalidEventsException incomplete = null;
    boolean opened = false;
    try {
      while (!opened && member.next()) {
        seen.add(member.name());
        Optional<EventColumns> header = structures(member);
        if (header.isPresent()) {
          Optional<Set<String>> lacking =
              NAMES.stream().filter(names -> field(header.get(), names).isEmpty()).findFirst();
          if (lacking.isEmpty()) {
            opened = addSource(member, header.get(), fields(header.get()));
          } else if (incomplete == null) {
            incomplete =
                member.fault(
                    Text.format(
                        "expected a field %s, found %s",
                        sorted(lacking.get()), header.get().fields()));
          }
        }
      }
      if (!opened) {
        throw incomplete != null ? incomplete : absent(member, missing, seen);
      }
    } finally {
      if (!opened) {
        member.close();
      }
    }
  }

  private static Optional<EventColumns.Field> field(EventColumns header, Set<String> names) {
    return header.fields().stream().filter(field -> names.contains(field.name())).findFirst();
  }

  private static List<EventColumns.Field> fields(EventColumns header) {
    return NAMES.stream().map(names -> field(header, names).orElseThrow()).toList();
  }

  private boolean addSource(
      ZipMember member, EventColumns header, List<EventColumns.Field> fields) {
    Source source = new Source(member, header);
    sources.add(source);
    fields.forEach(field -> columns.add(new Column(source, field)));
    return true;
  }

  /** The header of a member, if it is an array of structures. */
  private static Optional<EventColumns> structures(ZipMember member) throws IOException {
    try {
      return Optional.of(EventColumns.read(member)).filter(EventColumns::isStructured);
    } catch (InvalidEventsException other) {
      // a file of events may hold anything beside them
      return Optional.empty();
    }
  }

  private static InvalidEventsException absent(
      ZipMember member, Set<String> names, List<String> seen) {
    return member.fault(
        seen.isEmpty()
            ? "expected a zip of .npy arrays, found other bytes"
            : Text.format("expected a member named %s, found %s", sorted(names), seen));
  }

  private static List<String> sorted(Set<String> names) {
    return names.stream().sorted().toList();
  }

  @Override
  public SensorSize sensor() {
    return sensor;
  }

  @Override
  public boolean read(EventBatch batch) throws IOException, InvalidEventsException {
    int size = (int) Math.min(Math.min(batch.capacity(), CHUNK), length - done);
    batch.resize(0);
    if (size == 0) {
      return false;
    }
    if (damage != null) {
      throw damage;
    }
    int whole = size;
    for (Source source : sources) {
      whole = Math.min(whole, load(source, size));
    }
    for (Column column : columns) {
      decode(column, column == columns.get(TIME) ? unit.micros() : 1, whole);
    }
    int given = copy(batch, whole);
    if (given == 0) {
      throw damage;
    }
    batch.resize(given);
    done += given;
    if (done == length) {
      for (Source source : sources) {
        source.member().requireEnd();
      }
    }
    return true;
  }

  /** Reads elements of a source; fewer, and {@link #damage}, where it is cut. */
  private int load(Source source, int size) throws IOException, InvalidEventsException {
    int length = size * source.header().stride();
    int found = source.member().readUpTo(source.bytes(), length);
    int whole = found / source.header().stride();
    if (found < length) {
      damage =
          source
              .member()
              .damage(
                  Text.format(
                      "cut inside the events: expected %d, found %d", this.length, done + whole));
    }
    return whole;
  }

  private void decode(Column column, int scale, int size) throws InvalidEventsException {
    EventColumns.Field field = column.field();
    int stride = column.source().header().stride();
    ByteBuffer elements = column.source().elements();
    int bad =
        field.type().readWhole(elements, field.offset(), stride, scale, column.values(), size);
    if (bad >= 0) {
      String found = field.type().text(elements, field.offset() + bad * stride);
      throw column.fault(
          done + bad,
          scale == 1 && column == columns.get(TIME)
              ? Text.format("expected whole microseconds, found %s; are these seconds?", found)
              : "expected a whole number, found " + found);
    }
  }

  /** Checks and copies events: up to one that goes back in time, which is noted as damage. */
  private int copy(EventBatch batch, int size) throws InvalidEventsException {
    long[] times = columns.get(TIME).values();
    long[] xs = columns.get(X).values();
    long[] ys = columns.get(Y).values();
    long[] polarities = columns.get(POLARITY).values();
    for (int i = 0; i < size; i++) {
      if (times[i] < latest) {
        damage = columns.get(TIME).backInTime(done + i, latest, times[i]);
        return i;
      }
      if (!sensor.contains(xs[i], ys[i])) {
        throw columns
            .get(X)
            .fault(
                done + i,
                Text.format(
                    "outside of the sensor: %s, found (%d, %d)", sensor.rule(), xs[i], ys[i]));
      }
      if (polarities[i] < -1 || polarities[i] > 1) {
        throw columns
            .get(POLARITY)
            .fault(done + i, "expected polarity 0 or 1, or -1 or 1, found " + polarities[i]);
      }
      latest = times[i];
      batch.micros()[i] = times[i];
      batch.x()[i] = (short) xs[i];
      batch.y()[i] = (short) ys[i];
      batch.polarity()[i] = (byte) (polarities[i] > 0 ? 1 : 0);
    }
    return size;
  }

  @Override
  public EventSpan countRemaining() throws IOException, InvalidEventsException {
    long total = length - done;
    Column time = columns.get(TIME);
    long first = 0;
    long last = 0;
    for (long start = done; done < length; ) {
      int size = (int) Math.min(CHUNK, length - done);
      if (load(time.source(), size) < size) {
        throw damage;
      }
      decode(time, unit.micros(), size);
      first = done == start ? time.values()[0] : first;
      last = time.values()[size - 1];
      done += size;
    }
    if (last < first) {
      throw time.backInTime(length - 1, first, last);
    }
    return new EventSpan(total, first, last);
  }

  @Override
  public void close() throws IOException {
    for (Source source : sources) {
      source.member().close();
    }
  }
}
