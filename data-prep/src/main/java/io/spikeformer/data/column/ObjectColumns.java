package io.spikeformer.data.column;

import io.spikeformer.common.UserException;
import io.spikeformer.data.detection.DetectedObject;
import io.spikeformer.data.detection.ObjectBytes;
import io.spikeformer.data.detection.ObjectKind;
import io.spikeformer.data.geometry.Rect;
import io.spikeformer.data.sample.EncodedObjects;
import io.spikeformer.data.sample.Sample;
import io.spikeformer.data.storage.InvalidSampleException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.parquet.schema.Type;

/** The objects of a sample. */
final class ObjectColumns implements Columns<EncodedObjects> {
  private static final String ANNOTATIONS = "annotations";

  @Override
  public Class<EncodedObjects> type() {
    return EncodedObjects.class;
  }

  @Override
  public List<Type> columns() {
    return List.of(ColumnTypes.binary(ANNOTATIONS));
  }

  @Override
  public void write(EncodedObjects truth, RowWriter row) {
    row.binary(ANNOTATIONS, truth.bytes());
  }

  @Override
  public EncodedObjects read(RowReader row) {
    return new EncodedObjects(row.binary(ANNOTATIONS));
  }

  @Override
  public void check(
      EncodedObjects truth, Sample sample, SplitFacts split, AnnotationListener annotations)
      throws InvalidSampleException {
    try {
      List<DetectedObject> objects = objects(truth, sample);
      for (DetectedObject object : objects) {
        split.requireLabel(object.label());
      }
      annotations.found(sample.key(), objects.stream().mapToLong(DetectedObject::id).toArray());
    } catch (UserException damage) {
      throw new InvalidSampleException(damage.getMessage());
    }
  }

  @Override
  public void show(
      EncodedObjects truth, Sample sample, SplitFacts split, Map<String, Object> object) {
    object.put("objects", objects(truth, sample).stream().map(one -> fields(one, split)).toList());
  }

  private static Map<String, ?> fields(DetectedObject object, SplitFacts split) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("id", object.id());
    split.name(object.label(), fields);
    Rect box = object.box();
    fields.put("box", List.of(box.x(), box.y(), box.width(), box.height()));
    fields.put("area", object.area());
    fields.put("crowd", object.kind() == ObjectKind.CROWD);
    return fields;
  }

  @Override
  public String words(EncodedObjects truth, Sample sample, SplitFacts split) {
    List<String> names =
        objects(truth, sample).stream().map(object -> split.name(object.label())).toList();
    return names.isEmpty() ? "no objects" : names.size() + " objects: " + Words.shortened(names);
  }

  private static List<DetectedObject> objects(EncodedObjects truth, Sample sample) {
    return ObjectBytes.decode(
        sample.key(), truth.bytes(), sample.content().height(), sample.content().width());
  }
}
