package io.spikeformer.data.column;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.spikeformer.data.detection.DetectedObject;
import io.spikeformer.data.detection.ObjectBytes;
import io.spikeformer.data.detection.ObjectKind;
import io.spikeformer.data.detection.Rle;
import io.spikeformer.data.geometry.Rect;
import io.spikeformer.data.image.ImageEncoding;
import io.spikeformer.data.sample.ClassLabel;
import io.spikeformer.data.sample.Content;
import io.spikeformer.data.sample.EncodedFrames;
import io.spikeformer.data.sample.EncodedImage;
import io.spikeformer.data.sample.EncodedLabelMap;
import io.spikeformer.data.sample.EncodedObjects;
import io.spikeformer.data.sample.Sample;
import io.spikeformer.data.sample.Truth;
import io.spikeformer.data.segmentation.LabelMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SampleFactsTest {
  private static final SampleFacts FACTS =
      new SampleFacts(new SplitFacts(List.of("cat", "dog", "日本"), Map.of()));
  private static final EncodedImage IMAGE =
      new EncodedImage(new byte[] {1}, ImageEncoding.PNG, 2, 4);
  private static final EncodedFrames FRAMES = new EncodedFrames(new byte[] {1}, 8, 2, 4);

  static Stream<Arguments> samples() {
    Rle mask = Rle.ofCounts(2, 4, 8);
    Truth objects =
        objects(
            new DetectedObject(7, 1, ObjectKind.INSTANCE, new Rect(0.5, 0, 2, 1), 2, mask),
            new DetectedObject(9, 0, ObjectKind.CROWD, new Rect(1, 1, 3, 1), 3, mask));
    String told =
        "'objects':[{'id':7,'label':1,'class':'dog','box':[0.5,0.0,2.0,1.0],'area':2.0,"
            + "'crowd':false},{'id':9,'label':0,'class':'cat','box':[1.0,1.0,3.0,1.0],"
            + "'area':3.0,'crowd':true}]";
    byte[] map = new LabelMap(2, 4, new byte[] {2, 2, 2, 2, 2, 0, 0, -1}).encode();
    return Stream.of(
        sample(IMAGE, new ClassLabel(1), "{'label':1,'class':'dog'}", "dog"),
        sample(
            FRAMES,
            new ClassLabel(2),
            "{'label':2,'class':'日本','frames':8,'height':2,'width':4}",
            "日本, 8 frames of 2 x 4"),
        sample(IMAGE, objects, "{" + told + "}", "2 objects: dog, cat"),
        sample(
            FRAMES,
            objects,
            "{'frames':8,'height':2,'width':4," + told + "}",
            "8 frames of 2 x 4, 2 objects: dog, cat"),
        sample(IMAGE, objects(), "{'objects':[]}", "no objects"),
        sample(
            IMAGE,
            new EncodedLabelMap(map),
            "{'classes':[{'label':0,'class':'cat','pixels':2},{'label':2,'class':'日本','pixels':5}],"
                + "'ignoredPixels':1}",
            "日本 62.5 %, cat 25.0 %, ignored 12.5 %"));
  }

  private static Arguments sample(Content content, Truth truth, String json, String words) {
    return Arguments.of(new Sample("k", content, truth), json, words);
  }

  private static Truth objects(DetectedObject... objects) {
    return new EncodedObjects(ObjectBytes.encode("k", List.of(objects)));
  }

  @ParameterizedTest
  @MethodSource("samples")
  void saysWhatIsKnownOfTheSamplesOfEveryKind(Sample sample, String json, String words)
      throws JsonProcessingException {
    assertThat(new ObjectMapper().writeValueAsString(FACTS.object(sample)))
        .isEqualTo(json.replace('\'', '"'));
    assertThat(FACTS.words(sample)).isEqualTo(words);
  }
}
