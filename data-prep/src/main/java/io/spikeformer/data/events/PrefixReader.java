package io.spikeformer.data.events;

import io.spikeformer.common.Text;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Ends a recording where it is damaged, and says so, instead of failing there. */
final class PrefixReader implements EventReader {
  private final EventReader reader;
  private DamagedEventsException damage;
  private long events;
  private long latest;

  PrefixReader(EventReader reader) {
    this.reader = reader;
  }

  @Override
  public SensorSize sensor() {
    return reader.sensor();
  }

  @Override
  public boolean read(EventBatch batch) throws IOException, InvalidEventsException {
    batch.resize(0);
    if (damage != null) {
      return false;
    }
    try {
      boolean more = reader.read(batch);
      if (batch.size() > 0) {
        events += batch.size();
        latest = batch.micros()[batch.size() - 1];
      }
      return more;
    } catch (DamagedEventsException found) {
      damage = found;
      batch.resize(0);
      return false;
    }
  }

  /** Looks at each event: where time goes back is known only then. */
  @Override
  public EventSpan countRemaining() throws IOException, InvalidEventsException {
    EventBatch batch = new EventBatch();
    long before = events;
    long first = 0;
    while (read(batch)) {
      first = events - batch.size() == before ? batch.micros()[0] : first;
    }
    return new EventSpan(events - before, first, events == before ? first : latest);
  }

  @Override
  public List<String> notes() {
    List<String> notes = new ArrayList<>(reader.notes());
    if (damage != null) {
      notes.add(
          Text.format(
              "kept up to the damage, %d events until %d us: %s",
              events, latest, damage.getMessage()));
    }
    return notes;
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
