package io.spikeformer.train.spark;

import io.spikeformer.train.spark.averaging.MeanPart;
import io.spikeformer.train.spark.averaging.MeanRdd;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.TaskContext;
import scala.Function2;
import scala.collection.Iterator;
import scala.collection.JavaConverters;
import scala.reflect.ClassTag$;
import scala.runtime.BoxedUnit;

/** The job that forms slices of a mean. */
final class MeanJob {
  private MeanJob() {}

  /** Forms some slices and returns their reports, in the order in which they came. */
  static List<MeanPart> run(MeanRdd means, List<Integer> slices) {
    Function2<TaskContext, Iterator<MeanPart>, MeanPart> only =
        (Function2<TaskContext, Iterator<MeanPart>, MeanPart> & Serializable)
            (context, part) -> part.next();
    // added to in Spark's thread, read after the job
    List<MeanPart> parts = new ArrayList<>();
    means
        .context()
        .runJob(
            means,
            only,
            JavaConverters.<Object>asScalaBuffer(List.copyOf(slices)).toList(),
            (partition, part) -> {
              parts.add(part);
              return BoxedUnit.UNIT;
            },
            ClassTag$.MODULE$.apply(MeanPart.class));
    return parts;
  }
}
