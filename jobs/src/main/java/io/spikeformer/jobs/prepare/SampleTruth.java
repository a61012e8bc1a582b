package io.spikeformer.jobs.prepare;

import io.spikeformer.common.UserException;
import io.spikeformer.data.detection.DetectedObject;
import io.spikeformer.data.detection.ObjectBytes;
import io.spikeformer.data.detection.ObjectKind;
import io.spikeformer.data.geometry.Rect;
import io.spikeformer.data.image.InvalidImageException;
import io.spikeformer.data.sample.DetectionSample;
import io.spikeformer.data.sample.EventSample;
import io.spikeformer.data.sample.LabelledSample;
import io.spikeformer.data.sample.Sample;
import io.spikeformer.data.sample.SegmentationSample;
import io.spikeformer.data.segmentation.LabelMap;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What is known of a sample: its class, its objects, or the classes of its pixels.
 *
 * @param classes names in the order of the labels
 */
record SampleTruth(List<String> classes) {
  private static final int SHOWN = 5;

  /** For programs; the keys depend on the sample's task. */
  Map<String, ?> object(Sample sample) {
    Map<String, Object> truth = new LinkedHashMap<>();
    if (sample instanceof LabelledSample labelled) {
      name(truth, labelled.label());
    }
    if (sample instanceof EventSample events) {
      truth.put("frames", events.timesteps());
      truth.put("height", events.height());
      truth.put("width", events.width());
    } else if (sample instanceof DetectionSample detection) {
      truth.put("objects", objects(detection).stream().map(this::object).toList());
    } else if (sample instanceof SegmentationSample segmentation) {
      long[] pixels = pixels(segmentation);
      truth.put("classes", pixelsByClass(pixels));
      truth.put("ignoredPixels", pixels[LabelMap.IGNORED]);
    }
    return truth;
  }

  private Map<String, ?> object(DetectedObject object) {
    Map<String, Object> one = new LinkedHashMap<>();
    one.put("id", object.id());
    name(one, object.label());
    Rect box = object.box();
    one.put("box", List.of(box.x(), box.y(), box.width(), box.height()));
    one.put("area", object.area());
    one.put("crowd", object.kind() == ObjectKind.CROWD);
    return one;
  }

  private List<Map<String, ?>> pixelsByClass(long[] pixels) {
    List<Map<String, ?>> present = new ArrayList<>();
    for (int label = 0; label < LabelMap.IGNORED; label++) {
      if (pixels[label] > 0) {
        Map<String, Object> one = new LinkedHashMap<>();
        name(one, label);
        one.put("pixels", pixels[label]);
        present.add(one);
      }
    }
    return present;
  }

  private void name(Map<String, Object> object, int label) {
    object.put("label", label);
    object.put("class", name(label));
  }

  private String name(int label) {
    return label < classes.size() ? classes.get(label) : "class " + label;
  }

  /** In words: "cat", "2 objects: cat, dog", "wall 41.2 %, floor 20.0 %". */
  String words(Sample sample) {
    if (sample instanceof EventSample events) {
      return name(events.label())
          + ", "
          + events.timesteps()
          + " frames of "
          + events.height()
          + " x "
          + events.width();
    }
    if (sample instanceof LabelledSample labelled) {
      return name(labelled.label());
    }
    if (sample instanceof DetectionSample detection) {
      List<String> names = objects(detection).stream().map(object -> name(object.label())).toList();
      return names.isEmpty() ? "no objects" : names.size() + " objects: " + shortened(names);
    }
    return shares(pixels((SegmentationSample) sample));
  }

  private String shares(long[] pixels) {
    long all = 0;
    List<Integer> present = new ArrayList<>();
    for (int label = 0; label < pixels.length; label++) {
      all += pixels[label];
      if (pixels[label] > 0) {
        present.add(label);
      }
    }
    double hundredth = all / 100.0;
    present.sort((one, other) -> Long.compare(pixels[other], pixels[one]));
    return shortened(
        present.stream()
            .map(
                label ->
                    String.format(
                        Locale.ROOT,
                        "%s %.1f %%",
                        label == LabelMap.IGNORED ? "ignored" : name(label),
                        pixels[label] / hundredth))
            .toList());
  }

  private static String shortened(List<String> parts) {
    String shown = parts.stream().limit(SHOWN).collect(Collectors.joining(", "));
    return parts.size() > SHOWN ? shown + ", and " + (parts.size() - SHOWN) + " more" : shown;
  }

  private static List<DetectedObject> objects(DetectionSample sample) {
    return ObjectBytes.decode(
        sample.key(), sample.annotations(), sample.image().height(), sample.image().width());
  }

  private static long[] pixels(SegmentationSample sample) {
    try {
      return LabelMap.decode(sample.labelMap()).pixels();
    } catch (InvalidImageException damage) {
      throw new UserException(
          "label map of sample "
              + sample.key()
              + " cannot be read: "
              + damage.getMessage()
              + "; run verify",
          damage);
    }
  }
}
