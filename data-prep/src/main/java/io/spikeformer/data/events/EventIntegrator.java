package io.spikeformer.data.events;

import io.spikeformer.common.Text;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * Counts the events of a recording into frames. Thread-safe.
 *
 * <p>Both ways of cutting need to know how the recording ends, which no format says at its
 * beginning. So the file is passed through twice: once to count, which is cheap, once to integrate.
 * Memory holds one packet and the frames, however long the recording. {@link
 * EventRecording#inMemory} makes it one pass over the store.
 */
public final class EventIntegrator {
  private final FrameOptions options;

  /** An integrator for frames of one kind. */
  public EventIntegrator(FrameOptions options) {
    this.options = options;
  }

  /** The frames of a recording; what was decided on the way is not asked for. */
  public EventFrames integrate(EventRecording recording)
      throws IOException, InvalidEventsException {
    return integrate(recording, note -> {});
  }

  /**
   * The frames of a recording.
   *
   * @param notes receives {@link EventReader#notes}, once it is known that there are frames
   * @throws InvalidEventsException if the recording is damaged, smaller than the frames, or has too
   *     few events or too short a time for them
   */
  public EventFrames integrate(EventRecording recording, Consumer<String> notes)
      throws IOException, InvalidEventsException {
    List<String> found = new ArrayList<>();
    EventSpan span = recording.span(found::add);
    Segments segments = segments(recording.name(), span, found);
    try (EventReader reader = recording.open()) {
      PixelMap pixels = PixelMap.of(recording.name(), reader.sensor(), options);
      byte[] counts =
          new byte[EventFrames.size(options.frames(), options.height(), options.width())];
      EventBatch batch = new EventBatch();
      long done = 0;
      while (reader.read(batch)) {
        count(batch, done, segments, pixels, counts);
        done += batch.size();
      }
      if (done != span.events()) {
        throw new InvalidEventsException(
            Text.format(
                "%s changed while it was read: expected %d events, found %d",
                recording.name(), span.events(), done));
      }
      found.forEach(notes);
      return new EventFrames(options.frames(), options.height(), options.width(), counts);
    }
  }

  private Segments segments(String name, EventSpan span, List<String> notes)
      throws InvalidEventsException {
    try {
      return Segments.of(name, span, options);
    } catch (InvalidEventsException tooFew) {
      throw notes.isEmpty()
          ? tooFew
          : new InvalidEventsException(tooFew.getMessage() + "; " + String.join("; ", notes));
    }
  }

  private void count(
      EventBatch batch, long done, Segments segments, PixelMap pixels, byte[] counts) {
    int plane = options.height() * options.width();
    int from = 0;
    while (from < batch.size()) {
      int frame = segments.frame(done + from, batch.micros()[from]);
      int to = segments.end(frame, batch, from, done);
      count(batch, from, to, pixels, counts, frame * EventFrames.POLARITIES * plane);
      from = to;
    }
  }

  private void count(
      EventBatch batch, int from, int to, PixelMap pixels, byte[] counts, int frameStart) {
    short[] x = batch.x();
    short[] y = batch.y();
    byte[] polarity = batch.polarity();
    int[] columns = pixels.columns();
    int[] rows = pixels.rows();
    int plane = options.height() * options.width();
    int most = options.maxCount();
    for (int i = from; i < to; i++) {
      int at = frameStart + polarity[i] * plane + rows[y[i]] + columns[x[i]];
      int count = counts[at] & 0xff;
      counts[at] = (byte) (count < most ? count + 1 : most);
    }
  }

  /**
   * Which events belong to which frame.
   *
   * @param split the quantity that is divided
   * @param frames T
   * @param start time of the first event, or 0 where events are numbered
   * @param length of a frame, in events or microseconds
   */
  private record Segments(FrameSplit split, int frames, long start, long length) {
    static Segments of(String name, EventSpan span, FrameOptions options)
        throws InvalidEventsException {
      int frames = options.frames();
      if (span.events() < frames) {
        throw new InvalidEventsException(
            Text.format(
                "%s: expected at least %d events for as many frames, found %d",
                name, frames, span.events()));
      }
      if (options.split() == FrameSplit.BY_NUMBER) {
        return new Segments(options.split(), frames, 0, span.events() / frames);
      }
      long duration = span.lastMicros() - span.firstMicros();
      if (duration < frames) {
        throw new InvalidEventsException(
            Text.format(
                "%s: expected at least %d us for as many frames, found %d us",
                name, frames, duration));
      }
      return new Segments(options.split(), frames, span.firstMicros(), duration / frames);
    }

    int frame(long number, long micros) {
      long position = split == FrameSplit.BY_NUMBER ? number : micros - start;
      return (int) Math.min(frames - 1, position / length);
    }

    /** Index behind the last event of a batch that belongs to a frame. */
    int end(int frame, EventBatch batch, int from, long done) {
      if (frame == frames - 1) {
        return batch.size();
      }
      long boundary = start + (frame + 1) * length;
      if (split == FrameSplit.BY_NUMBER) {
        return (int) Math.min(batch.size(), boundary - done);
      }
      // the first event at or behind the boundary; equal times are neighbours
      int found = Arrays.binarySearch(batch.micros(), from, batch.size(), boundary);
      int end = found >= 0 ? found : -found - 1;
      while (end > from && batch.micros()[end - 1] >= boundary) {
        end--;
      }
      return end;
    }
  }
}
