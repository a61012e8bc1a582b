package io.spikeformer.data.events;

import io.spikeformer.data.order.SeededRandom;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Events as plain arrays: what generators write and what readers are compared with. */
record TestEvents(long[] micros, int[] x, int[] y, int[] polarity) {
  /** A cluster that wanders over the sensor, with noise; several events share a time. */
  static TestEvents generate(int count, SensorSize sensor, long seed) {
    SeededRandom random = new SeededRandom(seed);
    TestEvents events =
        new TestEvents(new long[count], new int[count], new int[count], new int[count]);
    long time = 1_605_537_493_718_345L;
    for (int i = 0; i < count; i++) {
      time += random.nextInt(3) == 0 ? random.nextInt(40) : 0;
      double phase = 6.28 * i / count;
      boolean isNoise = random.nextInt(10) == 0;
      int spread = isNoise ? sensor.width() : 12;
      double centreX = sensor.width() * (0.5 + 0.3 * Math.cos(phase));
      double centreY = sensor.height() * (0.5 + 0.3 * Math.sin(phase));
      events.micros[i] = time;
      events.x[i] = Math.floorMod((int) centreX + random.nextInt(spread), sensor.width());
      events.y[i] = Math.floorMod((int) centreY + random.nextInt(spread), sensor.height());
      events.polarity[i] = random.nextInt(2);
    }
    return events;
  }

  int count() {
    return micros.length;
  }

  TestEvents slice(int from, int to) {
    return new TestEvents(
        Arrays.copyOfRange(micros, from, to),
        Arrays.copyOfRange(x, from, to),
        Arrays.copyOfRange(y, from, to),
        Arrays.copyOfRange(polarity, from, to));
  }

  /** All events of a recording, read in batches of a size. */
  static List<long[]> read(EventRecording recording, int batchSize)
      throws IOException, InvalidEventsException {
    List<long[]> events = new ArrayList<>();
    EventBatch batch = new EventBatch(batchSize);
    try (EventReader reader = recording.open()) {
      while (reader.read(batch)) {
        for (int i = 0; i < batch.size(); i++) {
          events.add(
              new long[] {batch.micros()[i], batch.x()[i], batch.y()[i], batch.polarity()[i]});
        }
      }
    }
    return events;
  }

  List<long[]> rows() {
    List<long[]> rows = new ArrayList<>();
    for (int i = 0; i < count(); i++) {
      rows.add(new long[] {micros[i], x[i], y[i], polarity[i]});
    }
    return rows;
  }

  static EventRecording aedat4(byte[] file) {
    return EventRecording.aedat4("test.aedat4", () -> new ByteArrayInputStream(file));
  }

  static EventRecording npz(byte[] file) {
    return EventRecording.npz(
        "test.npz",
        () -> new ByteArrayInputStream(file),
        SensorSize.DAVIS346,
        TimeUnit.MICROSECONDS);
  }
}
