package io.spikeformer.model.checkpoint;

import static io.spikeformer.model.checkpoint.CheckpointFiles.assertHeaderRefused;
import static io.spikeformer.model.checkpoint.CheckpointFiles.assertSame;
import static io.spikeformer.model.checkpoint.CheckpointFiles.bytes;
import static io.spikeformer.model.checkpoint.CheckpointFiles.edited;
import static io.spikeformer.model.checkpoint.CheckpointFiles.length;
import static io.spikeformer.model.checkpoint.CheckpointFiles.read;
import static io.spikeformer.model.checkpoint.CheckpointFiles.small;
import static io.spikeformer.model.checkpoint.CheckpointFiles.withVersion;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.spikeformer.common.UserException;
import io.spikeformer.model.config.BaselineConfig;
import io.spikeformer.model.config.MaskRcnn;
import io.spikeformer.model.config.MetaSpikeFormerConfig;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.model.config.SemanticFpn;
import io.spikeformer.model.config.Yolo;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CheckpointFormatTest {
  private static final MetaSpikeFormerConfig MODEL = small(1);
  private static final int LENGTH = length(MODEL);
  private static final EpochTotals TOTALS =
      new EpochTotals(new TrainingTally(7, 5, 7, 1.0 / 3), 2.5, 0.25, 0);
  private static final Checkpoint SMALL =
      new Checkpoint(
          MODEL,
          new TrainingPosition(3, 2, 1234567890123L, TOTALS),
          "seed: 7\n",
          "50000 samples",
          List.of("{\"epoch\":1}", "{\"epoch\":2}"),
          vector(1.5f, -0f, Float.MIN_VALUE, 3e38f, 1e-7f),
          List.of(vector(1, 2, 3, 4, 5), vector(5, 4, 3, 2, 1)));

  private static final NetworkConfig OTHER =
      BaselineConfig.of("small", BaselineConfig.Family.SEW_RESNET, 1, 1, 1, 1, 1);
  private static final Checkpoint RES_NET =
      new Checkpoint(
          OTHER, TrainingPosition.START, "", "", List.of(), new float[length(OTHER)], List.of());
  private static final String VECTOR_LENGTH = "\"vector-length\":" + LENGTH;
  private static final int BODY = 3 * (4 * LENGTH + 4);

  /** As long as the small model's state. */
  private static float[] vector(float... first) {
    return Arrays.copyOf(first, LENGTH);
  }

  @Test
  void readsWhatItWroteBitForBit() {
    assertSame(read(bytes(SMALL)), SMALL);
    assertSame(read(bytes(SMALL.withoutMoments())), SMALL.withoutMoments());
    Checkpoint outer = with(vector(9, 8, 7, 6, 5), new float[0], List.of(1L, 0xffffffffL));
    Checkpoint read = read(bytes(outer));
    assertSame(read, outer);
    assertThat(read.outer()).startsWith(9, 8, 7, 6, 5);
    assertThat(read.workerMoments()).containsExactly(1L, 0xffffffffL);
    for (float[] momentum : List.of(new float[0], vector(9, 8))) {
      Checkpoint rest = with(momentum, vector(0.5f, -0.25f), List.of(1L));
      assertSame(read(bytes(rest)), rest);
    }
  }

  @Test
  void aLossHasItsPartsWhereItHasAny() {
    assertThat(new String(bytes(SMALL), StandardCharsets.ISO_8859_1)).doesNotContain("part-sums");
    Map<String, Double> parts = new LinkedHashMap<>();
    parts.put("score", 0.25);
    parts.put("delta", 0.1);
    EpochTotals totals = new EpochTotals(new TrainingTally(7, 5, 7, 0.35, parts), 2.5, 0.25, 0);
    TrainingPosition position = new TrainingPosition(3, 2, 5, totals);
    byte[] bytes =
        bytes(new Checkpoint(MODEL, position, "", "", List.of(), new float[LENGTH], List.of()));
    assertThat(new String(bytes, StandardCharsets.ISO_8859_1))
        .contains("\"part-sums\":{\"score\":0.25,\"delta\":0.1}");
    TrainingTally read = read(bytes).position().totals().training();
    assertThat(read).isEqualTo(totals.training());
    assertThat(read.plus(read).parts()).isEqualTo(read.parts());
  }

  @Test
  void readsTheHeadsOfDensePrediction() {
    MetaSpikeFormerConfig plain = CheckpointFiles.small(3);
    for (NetworkConfig config :
        List.of(
            plain.toBuilder().maskRcnn(MaskRcnn.PUBLISHED).build(),
            plain.toBuilder().yolo(Yolo.PUBLISHED).build(),
            plain.toBuilder().semanticFpn(SemanticFpn.published(8)).build())) {
      Checkpoint checkpoint =
          new Checkpoint(
              config,
              TrainingPosition.START,
              "",
              "",
              List.of(),
              new float[length(config)],
              List.of());
      assertThat(read(bytes(checkpoint)).config()).isEqualTo(config);
    }
  }

  /** What each version lacks of the next one's header. */
  @ParameterizedTest
  @CsvSource({
    "4, rest",
    "3, rest",
    "2, rest classes arithmetic",
    "1, rest classes arithmetic outer worker-moments"
  })
  void readsEarlierVersions(int version, String newer) {
    List<String> keys = List.of(newer.split(" "));
    byte[] earlier =
        edited(
            SMALL,
            header -> {
              header.remove(keys);
              if (version < 4) {
                ObjectNode totals = (ObjectNode) header.at("/position/totals");
                totals.remove("training");
                totals.put("samples", 7).put("correct", 5).put("loss-sum", 1.0 / 3);
              }
            });
    assertSame(read(withVersion(earlier, version)), SMALL);
    for (String key : keys) {
      assertHeaderRefused(key, edited(SMALL, header -> header.remove(key)));
    }
  }

  private static Checkpoint with(float[] outer, float[] rest, List<Long> workerMoments) {
    return SMALL.withTraining(new TrainingVectors(SMALL.moments(), outer, rest, workerMoments));
  }

  @Test
  void readsVectorsLongerThanOneChunk() {
    Random random = new Random(3);
    NetworkConfig model = MetaSpikeFormerConfig.preset("tiny");
    float[] state = new float[length(model)];
    assertThat(state.length).isGreaterThan(1 << 20);
    for (int i = 0; i < state.length; i++) {
      state[i] = (float) random.nextGaussian();
    }
    Checkpoint large =
        new Checkpoint(model, TrainingPosition.START, "", "", List.of(), state, List.of(state));
    assertSame(read(bytes(large)), large);
  }

  /** Every byte of the header and some of the vectors, the last of all among them. */
  private static int next(int at, byte[] whole) {
    boolean within = at >= whole.length - BODY && at < whole.length - 101;
    return at + (within ? 101 : 1);
  }

  @Test
  void aFlippedBitAnywhereIsAOneLineError() {
    byte[] whole = bytes(SMALL);
    for (int i = 0; i < whole.length; i = next(i, whole)) {
      byte[] damaged = whole.clone();
      damaged[i] ^= (byte) (1 << (i % 8));
      assertThatExceptionOfType(UserException.class)
          .as("byte %d", i)
          .isThrownBy(() -> read(damaged))
          .withMessageStartingWith("checkpoint here")
          .withMessageNotContaining("\n");
    }
  }

  @Test
  void aMissingEndIsAOneLineError() {
    byte[] whole = bytes(SMALL);
    for (int length = 0; length < whole.length; length = next(length, whole)) {
      byte[] part = Arrays.copyOf(whole, length);
      assertThatExceptionOfType(UserException.class)
          .as("first %d bytes", length)
          .isThrownBy(() -> read(part))
          .withMessageStartingWith("checkpoint here is damaged: ");
    }
  }

  @Test
  void bytesAfterTheEndAreAnError() {
    byte[] whole = bytes(SMALL);
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> read(Arrays.copyOf(whole, whole.length + 1)))
        .withMessage(
            "checkpoint here is damaged: expected %d bytes after the header, found %d bytes",
            BODY, BODY + 1);
  }

  @Test
  void anotherFileIsNotACheckpoint() {
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> read("PK and then some more bytes".getBytes(StandardCharsets.US_ASCII)))
        .withMessage("checkpoint here: expected a file that begins with SPKFCKPT, found another");
  }

  @Test
  void anotherVersionIsNamed() {
    byte[] newer = withVersion(bytes(SMALL), 6);
    assertThatExceptionOfType(NewerVersionException.class)
        .isThrownBy(() -> read(newer))
        .withMessage(
            "checkpoint here: expected format version 1 to 5, found 6; use the release that wrote"
                + " it");
    byte[] impossible = withVersion(bytes(SMALL), 0);
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> read(impossible))
        .withMessage("checkpoint here is damaged: expected format version 1 to 5, found 0");
  }

  @Test
  void absurdLengthsAllocateNothing() {
    byte[] longHeader = bytes(SMALL);
    ByteBuffer.wrap(longHeader).order(ByteOrder.LITTLE_ENDIAN).putInt(12, Integer.MAX_VALUE);
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> read(longHeader))
        .withMessageContaining("found 2147483647 bytes");
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> read(withHeader(VECTOR_LENGTH, "\"vector-length\":2147483639")))
        .withMessageContaining("bytes after the header, found " + BODY + " bytes");
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> read(withHeader(VECTOR_LENGTH, "\"vector-length\":-5")))
        .withMessageContaining("found 2 of -5");
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> read(withHeader("\"moments\":2", "\"moments\":200000000")))
        .withMessageContaining("found 200000000 of " + LENGTH);
  }

  @Test
  void anImpossibleArchitectureIsNamed() {
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> read(withHeader("\"timesteps\":4", "\"timesteps\":0")))
        .withMessage(
            "checkpoint here: its header does not describe a model: "
                + "model timesteps: expected >= 1, found 0");
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> read(withHeader("\"heads\":1,", "")))
        .withMessageContaining("its header does not describe a model")
        .withMessageContaining("heads");
  }

  @Test
  void aStateOfAnotherLengthThanTheModelsIsDamage() {
    for (int length : new int[] {0, LENGTH - 1, LENGTH + 1}) {
      Checkpoint other =
          new Checkpoint(
              MODEL, TrainingPosition.START, "", "", List.of(), new float[length], List.of());
      assertThatExceptionOfType(UserException.class)
          .isThrownBy(() -> read(bytes(other)))
          .withMessage(
              "checkpoint here is damaged: expected a state of %d elements, as its model small has,"
                  + " found %d; use another checkpoint",
              LENGTH, length);
    }
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> read(withHeader("\"widths\":[2,1,1,1]", "\"widths\":[2,1,1,2147483647]")))
        .withMessageStartingWith("checkpoint here is damaged: ")
        .withMessageNotContaining("\n");
  }

  @Test
  void anEntryWithoutAValueIsAOneLineError() {
    String keys =
        "model classes position totals recipe data history vector-length moments outer"
            + " rest worker-moments name widths depths attention neuron surrogate precision shortcut";
    for (String key : keys.split(" ")) {
      assertHeaderRefused(key, edited(SMALL, h -> h.findParent(key).putNull(key)));
    }
    for (String key : List.of("name", "family", "depths", "neuron", "precision")) {
      assertHeaderRefused(key, edited(RES_NET, h -> h.findParent(key).putNull(key)));
    }
  }

  @Test
  void listsOfNothingAndHeadersThatAreNoObjectsAreOneLineErrors() {
    for (String key : List.of("classes", "history", "worker-moments", "widths", "depths")) {
      assertHeaderRefused(
          key + " of null", edited(SMALL, h -> h.findParent(key).putArray(key).addNull()));
    }
    for (String header : List.of("null", "  ", "[]", "17")) {
      assertHeaderRefused(header, CheckpointFiles.withHeader(SMALL, json -> header));
    }
  }

  @Test
  void otherNetworksAreReadBack() {
    assertSame(read(bytes(RES_NET)), RES_NET);
  }

  @Test
  void aHeaderWrittenBeforeThereWereSuccessorsIsThePublishedModel() {
    String form = ",\"transformer\":\"META\"";
    assertSame(read(withHeader(form, "")), SMALL);
  }

  @Test
  void aHeaderWrittenBeforeThereWereAblationsIsThePublishedModel() {
    String structure = ",\"structure\":{\"token-convolution\":\"SEPARABLE\",";
    String json = new String(bytes(SMALL), StandardCharsets.UTF_8);
    String written = json.substring(json.indexOf(structure));
    written = written.substring(0, written.indexOf('}') + 1);
    assertSame(read(withHeader(written, "")), SMALL);
  }

  @Test
  void aFileFromBeforeThereWereTwoHeadsHasOne() {
    assertSame(read(withHeader(",\"head\":\"PLAIN\"", "")), SMALL);
  }

  @Test
  void momentsAreAsLongAsTheState() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new Checkpoint(
                    SMALL.config(),
                    TrainingPosition.START,
                    "",
                    "",
                    List.of(),
                    new float[3],
                    List.of(new float[2])))
        .withMessage("checkpoint moments: expected 3 elements as in the state, found 2");
  }

  /** The small model's file with a right checksum over an edited header. */
  private static byte[] withHeader(String from, String to) {
    return CheckpointFiles.withHeader(
        SMALL,
        json -> {
          assertThat(json).contains(from);
          return json.replace(from, to);
        });
  }
}
