package io.spikeformer.jobs.prepare;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.spikeformer.data.detection.DetectedObject;
import io.spikeformer.data.detection.ObjectBytes;
import io.spikeformer.data.detection.ObjectKind;
import io.spikeformer.data.detection.Rle;
import io.spikeformer.data.geometry.Rect;
import io.spikeformer.data.image.ImageEncoding;
import io.spikeformer.data.sample.DetectionSample;
import io.spikeformer.data.sample.EncodedImage;
import io.spikeformer.data.sample.EventSample;
import io.spikeformer.data.sample.ImageSample;
import io.spikeformer.data.sample.Sample;
import io.spikeformer.data.sample.SegmentationSample;
import io.spikeformer.data.segmentation.LabelMap;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SampleTruthTest {
  private static final SampleTruth TRUTH = new SampleTruth(List.of("cat", "dog", "日本"));
  private static final EncodedImage IMAGE =
      new EncodedImage(new byte[] {1}, ImageEncoding.PNG, 2, 4);

  static Stream<Arguments> samples() {
    Rle mask = Rle.ofCounts(2, 4, 8);
    List<DetectedObject> objects =
        List.of(
            new DetectedObject(7, 1, ObjectKind.INSTANCE, new Rect(0.5, 0, 2, 1), 2, mask),
            new DetectedObject(9, 0, ObjectKind.CROWD, new Rect(1, 1, 3, 1), 3, mask));
    byte[] map = new LabelMap(2, 4, new byte[] {2, 2, 2, 2, 2, 0, 0, -1}).encode();
    return Stream.of(
        Arguments.of(
            new ImageSample("k", 1, new byte[] {1}, ImageEncoding.PNG, 2, 4),
            "{'label':1,'class':'dog'}",
            "dog"),
        Arguments.of(
            new EventSample("k", 2, new byte[] {1}, 8, 2, 4),
            "{'label':2,'class':'日本','frames':8,'height':2,'width':4}",
            "日本, 8 frames of 2 x 4"),
        Arguments.of(
            new DetectionSample("k", IMAGE, ObjectBytes.encode("k", objects)),
            "{'objects':[{'id':7,'label':1,'class':'dog','box':[0.5,0.0,2.0,1.0],'area':2.0,"
                + "'crowd':false},{'id':9,'label':0,'class':'cat','box':[1.0,1.0,3.0,1.0],"
                + "'area':3.0,'crowd':true}]}",
            "2 objects: dog, cat"),
        Arguments.of(
            new DetectionSample("k", IMAGE, ObjectBytes.encode("k", List.of())),
            "{'objects':[]}",
            "no objects"),
        Arguments.of(
            new SegmentationSample("k", IMAGE, map),
            "{'classes':[{'label':0,'class':'cat','pixels':2},{'label':2,'class':'日本','pixels':5}],"
                + "'ignoredPixels':1}",
            "日本 62.5 %, cat 25.0 %, ignored 12.5 %"));
  }

  @ParameterizedTest
  @MethodSource("samples")
  void saysWhatIsKnownOfTheSamplesOfEveryTask(Sample sample, String json, String words)
      throws JsonProcessingException {
    assertThat(new ObjectMapper().writeValueAsString(TRUTH.object(sample)))
        .isEqualTo(json.replace('\'', '"'));
    assertThat(TRUTH.words(sample)).isEqualTo(words);
  }
}
