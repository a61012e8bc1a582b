package io.spikeformer.data.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.common.UserException;
import io.spikeformer.data.detection.DetectedObject;
import io.spikeformer.data.detection.ObjectBytes;
import io.spikeformer.data.detection.ObjectKind;
import io.spikeformer.data.detection.Rle;
import io.spikeformer.data.geometry.Rect;
import io.spikeformer.data.image.ImageEncoding;
import io.spikeformer.data.sample.ClassLabel;
import io.spikeformer.data.sample.EncodedImage;
import io.spikeformer.data.sample.EncodedObjects;
import io.spikeformer.data.sample.Sample;
import io.spikeformer.data.sample.Truth;
import java.util.List;
import org.junit.jupiter.api.Test;

class SampleTruthTest {
  private static final DetectedObject OBJECT =
      new DetectedObject(
          7, 1, ObjectKind.INSTANCE, new Rect(1, 0, 2, 3), 6, Rle.ofCounts(3, 4, 3, 6, 3));

  @Test
  void objectsAreDecodedOnce() {
    SampleTruth truth = of(new EncodedObjects(ObjectBytes.encode("a.jpg", List.of(OBJECT))));

    assertThat(truth.objects()).containsExactly(OBJECT);
    assertThat(truth.objects()).isSameAs(truth.objects());
  }

  @Test
  void anImageMayShowNoObject() {
    assertThat(of(new EncodedObjects(ObjectBytes.encode("a.jpg", List.of()))).objects()).isEmpty();
  }

  @Test
  void faultsNameTheSample() {
    SampleTruth damaged = of(new EncodedObjects(new byte[] {1, 0}));
    assertThatThrownBy(damaged::objects)
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("damaged annotations of a.jpg at byte 2: the end inside object 0");
    assertThatThrownBy(of(new ClassLabel(1))::objects)
        .isInstanceOf(UserException.class)
        .hasMessage(
            "objects: expected samples for detection, found them for classification; name another"
                + " split");
  }

  private static SampleTruth of(Truth truth) {
    EncodedImage image = new EncodedImage(new byte[] {1}, ImageEncoding.PNG, 3, 4);
    return new SampleTruth(new Sample("a.jpg", image, truth));
  }
}
