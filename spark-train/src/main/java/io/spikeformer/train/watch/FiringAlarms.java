package io.spikeformer.train.watch;

import io.spikeformer.common.Text;
import io.spikeformer.train.FiringLimits;
import io.spikeformer.train.RoundMetrics;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Layers that are silent or saturated: each is told of when that begins and when it ends. */
final class FiringAlarms {
  private static final int REMEMBERED = 30;

  private final FiringLimits limits;
  private final Map<String, Alarm> present = new LinkedHashMap<>();
  private final Deque<Event> events = new ArrayDeque<>();

  /** The fault of a layer. */
  enum Kind {
    SILENT("silent"),
    SATURATED("saturated");

    private final String label;

    Kind(String label) {
      this.label = label;
    }

    String label() {
      return label;
    }
  }

  /**
   * A layer's state.
   *
   * @param kind what is wrong
   * @param layer the layer that the neurons feed
   * @param since the round that it began with
   * @param rate in the latest round; of a saturated layer that reads sums its share of the largest
   */
  record Alarm(Kind kind, String layer, RoundMetrics.Place since, double rate) {}

  /**
   * A change of a layer's state.
   *
   * @param begins whether the alarm begins; else it ends
   * @param text one line
   */
  record Event(boolean begins, String text) {}

  FiringAlarms(FiringLimits limits) {
    this.limits = limits;
  }

  /** Alarms of the latest round. */
  List<Alarm> present() {
    return List.copyOf(present.values());
  }

  /** The latest changes, the newest first. */
  List<Event> events() {
    return List.copyOf(events);
  }

  /** Takes a round and returns what has changed with it. */
  List<Event> update(RoundMetrics round) {
    Map<String, Alarm> now = new LinkedHashMap<>();
    round.silent().forEach((layer, rate) -> put(now, Kind.SILENT, layer, round.place(), rate));
    round
        .saturated()
        .forEach((layer, rate) -> put(now, Kind.SATURATED, layer, round.place(), rate));
    List<Event> changes = new ArrayList<>();
    for (Alarm before : present.values()) {
      Alarm after = now.get(before.layer());
      if (after == null || after.kind() != before.kind()) {
        changes.add(new Event(false, ended(before, round.place())));
      }
    }
    for (Alarm after : now.values()) {
      Alarm before = present.get(after.layer());
      if (before == null || after.kind() != before.kind()) {
        changes.add(new Event(true, begun(after)));
      }
    }
    present.clear();
    present.putAll(now);
    changes.forEach(events::addFirst);
    while (events.size() > REMEMBERED) {
      events.removeLast();
    }
    return changes;
  }

  private void put(
      Map<String, Alarm> now, Kind kind, String layer, RoundMetrics.Place place, double rate) {
    Alarm before = present.get(layer);
    RoundMetrics.Place since = before != null && before.kind() == kind ? before.since() : place;
    now.put(layer, new Alarm(kind, layer, since, rate));
  }

  private String begun(Alarm alarm) {
    String limit =
        alarm.kind() == Kind.SILENT
            ? "below watch.silent-below = " + limits.settings().silentBelow()
            : "above watch.saturated-above = " + limits.settings().saturatedAbove();
    int largest = limits.largestSum(alarm.layer());
    return Text.format(
        "firing: %s is %s since %s: its rate of %.6f%s is %s",
        alarm.layer(),
        alarm.kind().label(),
        place(alarm.since()),
        alarm.rate(),
        alarm.kind() == Kind.SATURATED && largest > 1
            ? " of the largest sum, " + largest + " spikes,"
            : "",
        limit);
  }

  private static String ended(Alarm alarm, RoundMetrics.Place place) {
    return Text.format(
        "firing: %s is no longer %s since %s; it was from %s on",
        alarm.layer(), alarm.kind().label(), place(place), place(alarm.since()));
  }

  static String place(RoundMetrics.Place place) {
    return "epoch " + place.epoch() + ", round " + place.round();
  }
}
