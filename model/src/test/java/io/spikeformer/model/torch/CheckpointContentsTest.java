package io.spikeformer.model.torch;

import static io.spikeformer.model.torch.TestFiles.SMALL;
import static io.spikeformer.model.torch.TestFiles.number;
import static io.spikeformer.model.torch.TestFiles.tensor;
import static io.spikeformer.model.torch.TestFiles.tensors;
import static io.spikeformer.model.torch.TestFiles.text;
import static io.spikeformer.model.torch.TestFiles.tuple;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.common.UserException;
import io.spikeformer.model.checkpoint.Checkpoint;
import io.spikeformer.model.torch.ModelExport.Format;
import io.spikeformer.model.torch.WeightsImport.Imported;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What training scripts save: weights under many names and prefixes, among much else. */
class CheckpointContentsTest {
  private static final String ORDERED_DICT = "ccollections\nOrderedDict\n)R";
  private static final String TENSOR = tensor("FloatStorage", "a0", 4, 0, tuple(4), tuple(1));

  private static final Checkpoint WEIGHTS = TestFiles.random(SMALL);
  private static final Checkpoint AVERAGE = average();

  @TempDir private Path folder;

  private static Checkpoint average() {
    Checkpoint average = TestFiles.random(SMALL);
    for (int i = 0; i < average.state().length; i++) {
      average.state()[i] += 1;
    }
    return average;
  }

  /** An OrderedDict of the weights, or of their average, with more entries. */
  private static String weights(String prefix, String more) {
    return ORDERED_DICT + "(" + tensors(SMALL, prefix, "a") + more + "u";
  }

  private static String average(String prefix) {
    return ORDERED_DICT + "(" + tensors(SMALL, prefix, "b") + "u";
  }

  private static String dict(String... keysAndValues) {
    StringBuilder dict = new StringBuilder("}(");
    for (int i = 0; i < keysAndValues.length; i += 2) {
      dict.append(text(keysAndValues[i])).append(keysAndValues[i + 1]);
    }
    return dict.append("u").toString();
  }

  private Path archive(String opcodes) throws IOException {
    return TestFiles.archive(
        folder.resolve("saved.pth"),
        "\u0080\2" + opcodes + ".",
        Map.of("a", WEIGHTS, "b", AVERAGE));
  }

  private Imported read(Path file, String key) {
    try (WeightsImport weights = WeightsImport.open(file, key)) {
      return weights.read(SMALL);
    }
  }

  static List<Arguments> prefixes() {
    return List.of(
        Arguments.of("", "", List.of()),
        Arguments.of("module.", "", List.of()),
        Arguments.of("_orig_mod.", "", List.of()),
        Arguments.of("module._orig_mod.", "", List.of()),
        Arguments.of("model.", "", List.of()),
        Arguments.of("student.backbone.", "", List.of()),
        // torch.optim.swa_utils.AveragedModel
        Arguments.of("module.", text("n_averaged") + TENSOR, List.of()),
        // a wrapping module with a loss of its own
        Arguments.of("model.", text("criterion.weight") + TENSOR, List.of("criterion.weight")),
        Arguments.of(
            "module.",
            text("module.downsample2.encode_bn.num_batches_tracked") + TENSOR,
            List.of()));
  }

  @ParameterizedTest
  @MethodSource("prefixes")
  void onePrefixOfAllNamesIsTakenOff(String prefix, String more, List<String> leftOut)
      throws IOException {
    Imported imported = read(archive(weights(prefix, more)), null);
    assertThat(imported.state()).isEqualTo(WEIGHTS.state());
    assertThat(imported.prefix()).isEqualTo(prefix);
    assertThat(imported.leftOut()).isEqualTo(leftOut);
    assertThat(imported.path()).isEmpty();
    assertThat(imported.others()).isEmpty();
  }

  @Test
  void twoPrefixesAreRefusedWithTheWayToTakeOne() throws IOException {
    Path file = archive(weights("student.", tensors(SMALL, "teacher.", "b")));
    assertThatThrownBy(() -> read(file, null))
        .hasMessage(
            "weights "
                + file
                + ": expected the model's tensors once, found them behind the prefixes 'student.'"
                + " and 'teacher.'; save those of one alone: torch.save({k: v for k, v in"
                + " weights.items() if k.startswith('teacher.')}, FILE)");
  }

  static List<Arguments> containers() {
    String own = weights("", "");
    String average = average("");
    String optimizer =
        dict(
            "state",
            "}" + number(0) + dict("exp_avg", TENSOR) + "s",
            "named",
            dict("head.bias", dict("exp_avg", TENSOR, "exp_avg_sq", TENSOR)));
    return List.of(
        Arguments.of(dict("model", own, "optimizer", optimizer), "model", List.of()),
        Arguments.of(
            dict("state_dict_ema", average, "state_dict", own, "epoch", number(3)),
            "state_dict",
            List.of("state_dict_ema")),
        Arguments.of(dict("model_ema", average, "model", own), "model", List.of("model_ema")),
        Arguments.of(
            dict("ema", dict("shadow", average), "model_state", own),
            "model_state",
            List.of("ema.shadow")),
        Arguments.of(dict("model", dict("module", own)), "model.module", List.of()),
        Arguments.of(dict("checkpoint", own, "step", TENSOR), "checkpoint", List.of()),
        Arguments.of(
            dict(
                "a",
                "ccollections\ndefaultdict\ncbuiltins\nfloat\n\u0085R("
                    + tensors(SMALL, "", "a")
                    + "u"),
            "a",
            List.of()));
  }

  @ParameterizedTest
  @MethodSource("containers")
  void theUsualWeightsAreTakenAndTheOthersNamed(String opcodes, String path, List<String> others)
      throws IOException {
    Path file = archive(opcodes);
    Imported imported = read(file, null);
    assertThat(imported.state()).isEqualTo(WEIGHTS.state());
    assertThat(imported.path()).isEqualTo(path);
    assertThat(imported.others()).isEqualTo(others);
    for (String other : others) {
      assertThat(read(file, other).state()).isEqualTo(AVERAGE.state());
      assertThat(read(file, other).path()).isEqualTo(other);
    }
  }

  @Test
  void aNameChoosesTheWeightsUnderItOrIsRefusedWithWhatThereIs() throws IOException {
    Path file = archive(dict("ema", dict("shadow", average("")), "model", weights("", "")));
    assertThat(read(file, "ema").path()).isEqualTo("ema.shadow");
    assertThatThrownBy(() -> read(file, "state_dict_ema"))
        .hasMessage(
            "weights "
                + file
                + ": expected --weights to name one dict of tensors, found state_dict_ema; there"
                + " are ema.shadow, model");
    Path safetensors =
        TestFiles.export(WEIGHTS, Format.SAFETENSORS, folder.resolve("m.safetensors"));
    assertThatThrownBy(() -> read(safetensors, "model"))
        .hasMessageContaining("expected no --weights with a safetensors file");
  }

  /** What may lie beside the weights; nothing of it is executed. */
  static List<Arguments> besides() {
    String counter = "ccollections\nCounter\n}(" + number(30) + "K\1u\u0085R";
    String array =
        "cnumpy._core.multiarray\n_reconstruct\n(cnumpy\nndarray\nK\0\u0085c_codecs\nencode\n"
            + text("b")
            + text("latin1")
            + "\u0086RtR(K\1K\1\u0085N\u0089"
            + text("x")
            + "tb";
    String config = "cyacs.config\nCfgNode\n)\u0081(" + text("lr") + "K\1u}" + text("x") + "Nsb";
    return List.of(
        Arguments.of(counter, List.of()),
        Arguments.of(array, List.of()),
        Arguments.of("cargparse\nNamespace\n)\u0081}" + text("lr") + "K\1sb", List.of()),
        Arguments.of("ccollections\ndeque\n]K\5\u0086R(K\1K\2e", List.of()),
        Arguments.of("ctorch\nfloat8_e4m3fn\n", List.of()),
        Arguments.of("ctorch.serialization\n_get_layout\n" + text("s") + "\u0085R", List.of()),
        Arguments.of("}(" + tuple(1, 2) + "K\1u", List.of()),
        Arguments.of(
            "ctorch.nn.modules.activation\nGELU\n", List.of("torch.nn.modules.activation.GELU")),
        Arguments.of(config, List.of("yacs.config.CfgNode")),
        Arguments.of("ctorch._utils\n_rebuild_sparse_tensor\n)R", List.of()),
        Arguments.of("\u0080\4(K\1\u0091", List.of()));
  }

  @ParameterizedTest
  @MethodSource("besides")
  void whatLiesBesideTheWeightsIsPassedOver(String opcodes, List<String> unlisted)
      throws IOException {
    Path file = archive(dict("args", opcodes, "model", weights("", ""), "last", opcodes));
    Imported imported = read(file, null);
    assertThat(imported.state()).isEqualTo(WEIGHTS.state());
    assertThat(imported.unlisted()).containsExactlyElementsOf(unlisted);
  }

  /** One tensor, made in the ways that PyTorch makes them. */
  static List<String> wrappings() {
    return List.of(
        "ctorch._utils\n_rebuild_parameter\n(%s\u0088" + ORDERED_DICT + "tR",
        "ctorch._utils\n_rebuild_parameter_with_state\n(%s\u0088" + ORDERED_DICT + "}tR",
        "ctorch._tensor\n_rebuild_from_type_v2\n(ctorch._utils\n_rebuild_parameter\n"
            + "ctorch.nn.parameter\nParameter\n(%s\u0088"
            + ORDERED_DICT
            + "t}tR",
        "ctorch.nn.parameter\nParameter\n(%s\u0088t\u0081",
        "ctorch._utils\n_rebuild_device_tensor_from_cpu_tensor\n(%sctorch\nfloat32\n"
            + text("xla:0")
            + "\u0088tR");
  }

  @ParameterizedTest
  @MethodSource("wrappings")
  void parametersAreTheirTensors(String wrapping) {
    assertThat(
            PickleReader.read(TestFiles.pickle(String.format(Locale.ROOT, wrapping, TENSOR) + "."))
                .root())
        .isEqualTo(PickleReader.read(TestFiles.pickle(TENSOR + ".")).root())
        .isInstanceOf(StoredTensor.class);
  }

  static List<Arguments> unreadable() {
    return List.of(
        Arguments.of("ctorch._utils\n_rebuild_sparse_tensor\n)R", "sparse (save tensor.to_dense()"),
        Arguments.of("ctorch._utils\n_rebuild_qtensor\n)R", "quantised (save tensor.dequantize()"),
        Arguments.of("ctorch._utils\n_rebuild_meta_tensor_no_storage\n)R", "without values (meta)"),
        Arguments.of("ctorch._utils\n_rebuild_wrapper_subclass\n)R", "of a subclass"),
        Arguments.of(
            TENSOR.replace("FloatStorage", "ComplexFloatStorage"), "of ComplexFloatStorage"),
        Arguments.of(
            "ctorch._utils\n_rebuild_tensor_v3\n(NK\0))\u0089Nctorch\nfloat8_e5m2\ntR",
            "of torch.float8_e5m2 (save tensor.float() instead)"),
        Arguments.of(
            TENSOR.substring(0, TENSOR.length() - 2) + "}" + text("neg") + "\u0088stR",
            "with conjugate or negative bits"));
  }

  @ParameterizedTest
  @MethodSource("unreadable")
  void weightsThatAreNotReadAreNamed(String opcodes, String expected) throws IOException {
    Path file = archive(dict("model", weights("", text("head.scale") + opcodes)));
    assertThatThrownBy(() -> read(file, null))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith(
            "weights "
                + file
                + ": expected dense tensors of float64, float32, float16 or bfloat16, found"
                + " head.scale, ")
        .hasMessageContaining(expected);
  }

  static List<Arguments> withoutWeights() {
    String model = "csdt.models\nMetaSpikeFormer\n)\u0081}" + text("training") + "\u0089sb";
    return List.of(
        Arguments.of(model, "a dict of tensors, found an object of sdt.models.MetaSpikeFormer"),
        Arguments.of(TENSOR, "a dict of tensors, found a single tensor"),
        Arguments.of("](" + TENSOR + "e", "a dict of tensors, found a list"),
        Arguments.of(
            dict("model", model), "found 'model', an object of sdt.models.MetaSpikeFormer;"),
        Arguments.of("}", "found an empty dict"));
  }

  @ParameterizedTest
  @MethodSource("withoutWeights")
  void filesWithoutWeightsSayWhatTheyHold(String opcodes, String expected) throws IOException {
    Path file = archive(opcodes);
    assertThatThrownBy(() -> read(file, null))
        .hasMessageStartingWith("weights " + file + ": expected ")
        .hasMessageContaining(expected)
        .hasMessageEndingWith(" weights alone: torch.save(model.state_dict(), FILE)");
  }

  @ParameterizedTest
  @MethodSource("otherFiles")
  void otherFilesAreNamedWithWhatToDo(String name, String start, String expected)
      throws IOException {
    Path file =
        Files.write(
            folder.resolve(name), (start + "x".repeat(600)).getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> read(file, null))
        .hasMessageStartingWith("weights " + file + ": expected ")
        .hasMessageContaining(expected)
        .hasMessageNotContaining("\n");
  }

  static List<Arguments> otherFiles() {
    return List.of(
        Arguments.of("m.spkf", "SPKFCKPT", "found a checkpoint of this project, which needs no"),
        Arguments.of("m.h5", "\u0089HDF\r\n\u001a\n", "found an HDF5 file: save the model's"),
        Arguments.of("m.npz", "PK\3\4", "found NumPy arrays: save the model's weights with"),
        Arguments.of("m.onnx", "\b\7", "found an ONNX file: save"),
        Arguments.of(
            "m.pth",
            "\u0080\2\u008a\nl\u00fc\u009cF\u00f9 j\u00a8P\u0019.",
            "if you trust it, save it again with python3 -c \"import torch; torch.save(torch.load('"),
        Arguments.of("m.txt", "hello", "found neither"));
  }
}
