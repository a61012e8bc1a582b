package io.spikeformer.model.torch;

import static io.spikeformer.model.torch.TestFiles.SMALL;
import static io.spikeformer.model.torch.TestFiles.tensor;
import static io.spikeformer.model.torch.TestFiles.text;
import static io.spikeformer.model.torch.TestFiles.tuple;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.spikeformer.common.UserException;
import io.spikeformer.model.ClassLogits;
import io.spikeformer.model.Images;
import io.spikeformer.model.KernelProvider;
import io.spikeformer.model.SpikeformerModel;
import io.spikeformer.model.checkpoint.Checkpoint;
import io.spikeformer.model.config.AttentionOperator;
import io.spikeformer.model.config.BaselineConfig;
import io.spikeformer.model.config.ClassifierHead;
import io.spikeformer.model.config.MetaSpikeFormerConfig;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.model.config.Structure;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.model.torch.ModelExport.Format;
import io.spikeformer.model.torch.TorchNames.Named;
import io.spikeformer.model.torch.WeightsImport.Imported;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class WeightsImportTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @EnumSource(Format.class)
  void whatIsExportedIsImportedBitForBit(Format format) throws IOException {
    for (NetworkConfig config :
        List.of(
            SMALL,
            SMALL.toBuilder().head(ClassifierHead.DISTILLED).timesteps(4).depths(2, 3).build(),
            SMALL.toBuilder().attention(AttentionOperator.SDSA_2).build(),
            SMALL.toBuilder().attention(AttentionOperator.SDSA_4).stem(3, 1).build(),
            SMALL.toBuilder().structure(Structure.PAPER.with(Structure.Blocks.CONVOLUTION)).build(),
            BaselineConfig.of("other", BaselineConfig.Family.SPIKFORMER, 16, 1))) {
      Checkpoint checkpoint = TestFiles.random(config);
      Path file = TestFiles.export(checkpoint, format, folder.resolve("model"));
      try (WeightsImport read = WeightsImport.open(file)) {
        assertThat(read.description()).contains(ModelDescription.of(checkpoint));
        assertThat(read.head()).isEqualTo(config.head());
        assertThat(read.read(config).state()).isEqualTo(checkpoint.state());
        assertThat(read.read(config).counters()).isEmpty();
      }
    }
  }

  @Test
  void namesAndShapesAreThoseOfTheReleasedModels() {
    MetaSpikeFormerConfig config =
        MetaSpikeFormerConfig.preset("55M").toBuilder().head(ClassifierHead.DISTILLED).build();
    Map<String, List<Long>> shapes = new LinkedHashMap<>();
    for (Named named : TorchNames.of(config)) {
      assertThat(shapes.put(named.name(), named.shape())).as(named.name()).isNull();
    }
    assertThat(shapes)
        .containsEntry("downsample1_1.encode_conv.weight", List.of(64L, 3L, 7L, 7L))
        .containsEntry("downsample4.encode_bn.running_var", List.of(640L))
        .containsEntry("ConvBlock1_1.0.Conv.pwconv1.weight", List.of(128L, 64L, 1L, 1L))
        .containsEntry("ConvBlock2_2.0.Conv.dwconv.weight", List.of(512L, 1L, 7L, 7L))
        .containsEntry("ConvBlock1_2.0.conv2.weight", List.of(128L, 512L, 3L, 3L))
        .containsEntry("ConvBlock1_2.0.bn1.running_mean", List.of(512L))
        .containsEntry("block3.0.attn.q_conv.0.body.0.weight", List.of(512L, 512L, 1L, 1L))
        .containsEntry("block3.5.attn.k_conv.0.body.1.bn.bias", List.of(512L))
        .containsEntry("block4.1.attn.v_conv.0.body.2.0.weight", List.of(640L, 1L, 3L, 3L))
        .containsEntry("block4.0.attn.proj_conv.0.body.2.1.weight", List.of(640L, 640L, 1L, 1L))
        .containsEntry("block4.0.attn.proj_conv.0.body.2.2.weight", List.of(640L))
        .containsEntry("block4.0.attn.proj_conv.1.weight", List.of(640L))
        .containsEntry("block3.2.mlp.fc1_conv.weight", List.of(2048L, 512L, 1L))
        .containsEntry("block3.2.mlp.fc2_bn.bias", List.of(512L))
        .containsEntry("head.weight", List.of(1000L, 640L))
        .containsEntry("head_kd.bias", List.of(1000L));
    assertThat(TorchNames.of(MetaSpikeFormerConfig.preset("ade20k-16m")))
        .extracting(TorchNames.Named::name)
        .contains("head.lateral0.weight", "head.scale3.2.bn.running_mean", "head.classifier.bias")
        .doesNotHaveDuplicates();
    for (String preset : MetaSpikeFormerConfig.presets()) {
      assertThat(TorchNames.of(MetaSpikeFormerConfig.preset(preset)))
          .allSatisfy(named -> assertThat(named.name()).doesNotContain("null"));
    }
  }

  /**
   * Written by PyTorch (benchmarks/pytorch/check_weights.py --fixture): float16, views of one
   * storage.
   */
  @ParameterizedTest
  @CsvSource({"reference", "auto"})
  void aCheckpointOfPyTorchGivesItsLogits(String choice) throws IOException {
    MetaSpikeFormerConfig config =
        SMALL.toBuilder().head(ClassifierHead.DISTILLED).timesteps(4).build();
    Path file = folder.resolve("small.pth");
    try (InputStream in = getClass().getResourceAsStream("/torch/small.pth")) {
      Files.copy(in, file);
    }
    float[] pixels = npy("images.npy", 2 * 16 * 16 * 3);
    try (WeightsImport weights = WeightsImport.open(file);
        Kernels kernels = KernelProvider.create(choice, 1);
        SpikeformerModel model = SpikeformerModel.create(config, kernels, 1)) {
      assertThat(weights.head()).isEqualTo(ClassifierHead.DISTILLED);
      assertThat(weights.description()).isEmpty();
      Imported imported = weights.read(config);
      assertThat(imported.counters())
          .containsExactly("downsample1_1.encode_bn.num_batches_tracked");
      model.state().put(imported.state());
      float[] expected = npy("logits.npy", 2 * 5);
      assertThat(ClassLogits.mean(model.infer(Images.of(pixels, 2, 16, 16, 3))))
          .containsExactly(expected, within(4e-5f));
      assertThat(expected[0]).isNotEqualTo(expected[5]);
    }
  }

  /** The last values of an array of the fixture. */
  private float[] npy(String name, int count) throws IOException {
    try (ZipInputStream zip =
        new ZipInputStream(getClass().getResourceAsStream("/torch/small.npz"))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        if (entry.getName().equals(name)) {
          byte[] bytes = zip.readAllBytes();
          assertThat(new String(bytes, StandardCharsets.ISO_8859_1)).contains("'<f4'", "False");
          float[] values = new float[count];
          ByteBuffer.wrap(bytes, bytes.length - 4 * count, 4 * count)
              .order(ByteOrder.LITTLE_ENDIAN)
              .asFloatBuffer()
              .get(values);
          return values;
        }
      }
    }
    throw new IOException(name);
  }

  @Test
  void numbersOfEveryFloatingFormatAreRead() {
    ByteBuffer bytes = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putDouble(0, 0.1).putDouble(8, 1e300);
    assertThat(ElementType.FLOAT64.value(bytes, 0)).isEqualTo(0.1f);
    assertThat(ElementType.FLOAT64.value(bytes, 1)).isInfinite();
    short[] halves = {0x3c00, (short) 0xc000, 0x0001, 0x03ff, 0x0400, 0x7bff, 0x7c00, 0x7e00};
    float[] values = {
      1, -2, 0x1p-24f, 1023 * 0x1p-24f, 0x1p-14f, 65504, Float.POSITIVE_INFINITY, Float.NaN
    };
    for (int i = 0; i < halves.length; i++) {
      bytes.putShort(0, halves[i]);
      assertThat(ElementType.FLOAT16.value(bytes, 0)).isEqualTo(Float.valueOf(values[i]));
    }
    bytes.putShort(2, (short) 0xbfc0);
    assertThat(ElementType.BFLOAT16.value(bytes, 1)).isEqualTo(-1.5f);
  }

  private Path torch() throws IOException {
    return TestFiles.export(
        TestFiles.random(SMALL), Format.TORCH_NAMES, folder.resolve("model.pth"));
  }

  private void refused(Path file, MetaSpikeFormerConfig config, String... parts) {
    assertThatThrownBy(
            () -> {
              try (WeightsImport weights = WeightsImport.open(file)) {
                weights.read(config);
              }
            })
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("weights " + file + ": ")
        .hasMessageContainingAll(parts)
        .hasMessageNotContaining("\n");
  }

  @Test
  void everyTensorIsMappedOrNamed() throws IOException {
    Path file = torch();
    refused(
        file,
        SMALL.toBuilder().classes(7).build(),
        "expected the 260 tensors of small, found 2 of another shape (head.weight [5, 8] instead of"
            + " [7, 8], head.bias [5] instead of [7]); its head has 5 classes");
    refused(
        file,
        SMALL.toBuilder().depths(1, 2).build(),
        "missing (block4.1.attn.q_conv.0.body.0.weight, ",
        " more)");
    refused(
        file,
        SMALL.toBuilder().depths(1, 0).build(),
        "unexpected (block4.0.attn.k_conv.0.body.0.weight, ");
  }

  @ParameterizedTest
  @CsvSource({"NaN", "Infinity", "-Infinity"})
  void valuesThatAreNotFiniteAreNamed(float value) throws IOException {
    for (Format format : Format.values()) {
      Checkpoint checkpoint = TestFiles.random(SMALL);
      checkpoint.state()[checkpoint.state().length - 2] = value;
      Path file = TestFiles.export(checkpoint, format, folder.resolve("bad"));
      refused(file, SMALL, "found NaN or infinity in head.bias");
    }
  }

  @Test
  void negativeVariancesAreNamed() throws IOException {
    Checkpoint checkpoint = TestFiles.random(SMALL);
    Named variance =
        TorchNames.of(SMALL).stream()
            .filter(named -> named.name().equals("downsample2.encode_bn.running_var"))
            .findFirst()
            .orElseThrow();
    checkpoint.state()[(int) variance.entry().offset()] = -1;
    refused(
        TestFiles.export(checkpoint, Format.SAFETENSORS, folder.resolve("bad")),
        SMALL,
        "expected variances >= 0, found others in downsample2.encode_bn.running_var");
  }

  @Test
  void aTruncatedZipIsRefusedWhereverItEnds() throws IOException {
    Path file = torch();
    long length = Files.size(file);
    for (long end : new long[] {0, 3, 100, length / 2, length - 100, length - 1}) {
      try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
        access.setLength(end);
      }
      refused(file, SMALL, "expected ");
      torch();
    }
  }

  @Test
  void aFlippedBitIsRefused() throws IOException {
    Path file = torch();
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 4;
    Files.write(file, bytes);
    refused(file, SMALL, "expected ");
  }

  @Test
  void namesThatLeaveTheArchiveAreRefused() throws IOException {
    for (String name :
        new String[] {"../evil", "/etc/evil", "archive/../../evil", "archive\\evil", "C:/evil"}) {
      Map<String, byte[]> entries = TestFiles.entries(torch());
      entries.put(name, new byte[3]);
      refused(
          TestFiles.zip(folder.resolve("bad.pth"), entries),
          SMALL,
          "expected names inside the archive, found entry '" + name + "'");
    }
  }

  @Test
  void otherKindsOfFilesAreToldApart() throws IOException {
    Map<String, byte[]> entries = TestFiles.entries(torch());
    entries.put("archive/constants.pkl", new byte[3]);
    refused(
        TestFiles.zip(folder.resolve("script.pt"), entries), SMALL, "found a TorchScript archive");
    entries.remove("archive/constants.pkl");
    entries.put("archive/byteorder", "big".getBytes(StandardCharsets.US_ASCII));
    refused(
        TestFiles.zip(folder.resolve("big.pth"), entries),
        SMALL,
        "expected little-endian numbers, found byte order 'big'");
    entries.put("archive/byteorder", "little".getBytes(StandardCharsets.US_ASCII));
    refused(
        TestFiles.zip(folder.resolve("packed.pth"), entries, ZipEntry.DEFLATED),
        SMALL,
        "found the compressed 'archive/data.pkl'");
    entries.remove("archive/data/3");
    refused(
        TestFiles.zip(folder.resolve("less.pth"), entries),
        SMALL,
        "expected entry 'archive/data/3', found none");
    refused(
        TestFiles.zip(folder.resolve("other.zip"), Map.of("readme.txt", new byte[2])),
        SMALL,
        "expected NAME/data.pkl as torch.save writes it");
    byte[] legacy = TestFiles.pickle("\u0080\2\u008a\nl\u00fc\u009cF\u00f9 j\u00a8P\u0019.");
    refused(
        Files.write(folder.resolve("old.pth"), legacy),
        SMALL,
        "found PyTorch's format from before version 1.6");
    byte[] tar = new byte[512];
    System.arraycopy("ustar".getBytes(StandardCharsets.US_ASCII), 0, tar, 257, 5);
    refused(
        Files.write(folder.resolve("old.tar"), tar),
        SMALL,
        "found PyTorch's format from before version 1.6");
    refused(Files.write(folder.resolve("no.pth"), new byte[40]), SMALL, "found neither");
    refused(folder.resolve("absent.pth"), SMALL, "expected a file that can be read, found nothing");
  }

  @Test
  void storagesAreAsLargeAsDeclared() throws IOException {
    Path file =
        TestFiles.archive(
            folder.resolve("bad.pth"),
            "}"
                + text("head.weight")
                + tensor("FloatStorage", 40, 0, tuple(5, 8), tuple(8, 1))
                + "s.");
    try (WeightsFile weights = WeightsFile.open(file, null)) {
      StoredTensor tensor = weights.tensors().get("head.weight");
      assertThatThrownBy(() -> weights.storage(tensor))
          .hasMessageContaining(
              "expected 40 elements of 4 bytes in archive/data/0, found 16 bytes");
    }
    Path empty = TestFiles.archive(folder.resolve("empty.pth"), "}" + text("epoch") + "K\1s.");
    refused(
        empty,
        SMALL,
        "found 'epoch', a number or text; save the weights alone: torch.save(model.state_dict()");
    refused(
        TestFiles.archive(folder.resolve("list.pth"), "]."), SMALL, "expected a dict of tensors");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"dtype\":\"F32\",\"shape\":[8] | \"dtype\":\"F32\",\"shape\":[9] | bytes apart",
        "\"dtype\":\"F32\" | \"dtype\":\"F33\" | found 'F33'",
        "\"shape\":[5,8] | \"shape\":[5,-8] | whole numbers >= 0",
        "\"shape\":[5,8] | \"shape\":[5,8.5] | whole numbers >= 0",
        "\"shape\":[5,8] | \"shape\":[9223372036854775807,9223372036854775807] | fits into the file",
        "\"head.bias\" | \"head.weight\" | Duplicate field",
        "\"__metadata__\" | __metadata__ | in JSON",
        "\"data_offsets\":[0, | \"data_offsets\":[1, | bytes apart",
      })
  void aSafetensorsHeaderThatIsWrongIsRefused(String from, String to, String part)
      throws IOException {
    Path file =
        TestFiles.export(TestFiles.random(SMALL), Format.SAFETENSORS, folder.resolve("model"));
    byte[] whole = Files.readAllBytes(file);
    int length = (int) ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).getLong();
    String header = new String(whole, 8, length, StandardCharsets.UTF_8);
    int at = header.indexOf(from);
    assertThat(at).isPositive();
    String changed = header.substring(0, at) + to + header.substring(at + from.length());
    byte[] bytes = changed.getBytes(StandardCharsets.UTF_8);
    ByteBuffer out =
        ByteBuffer.allocate(whole.length - length + bytes.length).order(ByteOrder.LITTLE_ENDIAN);
    out.putLong(bytes.length).put(bytes).put(whole, 8 + length, whole.length - 8 - length);
    Files.write(file, out.array());
    refused(file, SMALL, "not a whole safetensors file: expected ", part);
  }

  @Test
  void aSafetensorsFileHasTheLengthThatItsHeaderSays() throws IOException {
    Path file =
        TestFiles.export(TestFiles.random(SMALL), Format.SAFETENSORS, folder.resolve("model"));
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, java.util.Arrays.copyOf(whole, whole.length - 1));
    refused(file, SMALL, "bytes of data, found");
    Files.write(file, java.util.Arrays.copyOf(whole, whole.length + 1));
    refused(file, SMALL, "bytes of data, found");
  }
}
