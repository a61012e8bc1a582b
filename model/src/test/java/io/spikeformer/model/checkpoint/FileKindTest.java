package io.spikeformer.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.spikeformer.common.UserException;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FileKindTest {
  static List<Arguments> files() {
    String tar = "x".repeat(257) + "ustar";
    return List.of(
        Arguments.of(
            "file:/a/best.pth",
            "PK\3\4",
            "found a PyTorch checkpoint: make a checkpoint of it with jobs/spikeformer import-torch"
                + " --input /a/best.pth --preset NAME --output /a/best.spkf, where NAME is its"
                + " architecture (15M, 31M, 55M; or --recipe FILE instead)"),
        Arguments.of(
            "s3a://b/best.pth.tar",
            "PK\3\4",
            "copy it to this machine and make a checkpoint of it with jobs/spikeformer import-torch"
                + " --input best.pth.tar --preset NAME --output best.spkf"),
        Arguments.of(
            "m.pt",
            "\u0080\2\u008a\nl\u00fc\u009cF\u00f9 j\u00a8P\u0019.",
            "found PyTorch's format from before version 1.6: make a checkpoint of it with"),
        Arguments.of("m.tar", tar, "found PyTorch's format from before version 1.6: make"),
        Arguments.of("m", "123\0\0\0\0\0{", "found a safetensors file: make a checkpoint of it"),
        Arguments.of("m.onnx", "\b\7", "found an ONNX file, which only teach (--model) and"),
        Arguments.of("m.h5", "\u0089HDF\r\n", "found an HDF5 file, which no command takes weights"),
        Arguments.of("m.npz", "PK\3\4", "found NumPy arrays, which no command takes weights of"),
        Arguments.of("m.keras", "PK\3\4", "found a Keras file, which no command takes weights of"),
        Arguments.of("m.txt", "hello", "found another"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("files")
  void weightsOfOthersInPlaceOfACheckpointAreNamedWithWhatToDo(
      String source, String start, String expected) {
    byte[] file = Arrays.copyOf(start.getBytes(StandardCharsets.ISO_8859_1), 600);
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(
            () -> CheckpointFormat.read(new ByteArrayInputStream(file), file.length, source))
        .withMessageStartingWith(
            "checkpoint " + source + ": expected a file that begins with SPKFCKPT, found ")
        .withMessageContaining(expected);
  }
}
