package io.spikeformer.model.torch;

import static io.spikeformer.model.torch.TestFiles.archive;
import static io.spikeformer.model.torch.TestFiles.tensor;
import static io.spikeformer.model.torch.TestFiles.text;
import static io.spikeformer.model.torch.TestFiles.tuple;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.common.UserException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class MaliciousPickleTest {
  @TempDir private Path folder;

  static List<Arguments> attacks() {
    String command = text("touch pwned");
    return List.of(
        Arguments.of("REDUCE", "cos\nsystem\n" + command + "\u0085R.", "os.system"),
        Arguments.of("posix", "cposix\nsystem\n" + command + "\u0085R.", "posix.system"),
        Arguments.of("eval", "\u0080\2cbuiltins\neval\n" + command + "\u0085R.", "builtins.eval"),
        Arguments.of("python 2", "c__builtin__\nexec\n" + command + "\u0085R.", "__builtin__.exec"),
        Arguments.of(
            "STACK_GLOBAL",
            "\u0080\4\u008c\2os\u008c\6system\u0093" + command + "\u0085R.",
            "os.system"),
        Arguments.of(
            "memo of STACK_GLOBAL",
            "\u0080\4\u008c\2os\u0094\u008c\6system\u00940h\0h\1\u0093.",
            "os.system"),
        Arguments.of("INST", "(" + command + "ios\nsystem\n.", "os.system"),
        Arguments.of("OBJ", "(cos\nsystem\n" + command + "o.", "os.system"),
        Arguments.of(
            "NEWOBJ", "csubprocess\nPopen\n" + command + "\u0085\u0081.", "subprocess.Popen"),
        Arguments.of(
            "in BUILD",
            "}" + "}" + text("x") + "cos\nsystem\n" + command + "\u0085Rsb.",
            "os.system"),
        Arguments.of(
            "in the arguments of a tensor",
            "ctorch._utils\n_rebuild_tensor_v2\n(cos\nsystem\n" + command + "\u0085RtR.",
            "os.system"),
        Arguments.of(
            "in a dict of what is skipped",
            "cargparse\nNamespace\n)\u0081}" + text("f") + "cshutil\nrmtree\nsb.",
            "shutil.rmtree"),
        Arguments.of("getattr", "cbuiltins\ngetattr\n.", "builtins.getattr"),
        Arguments.of("torch's own", "ctorch.hub\nload\n" + command + "\u0085R.", "torch.hub.load"),
        Arguments.of(
            "unknown", "cevil.code\nrun\n" + command + "\u0085R.", "a call of evil.code.run"),
        Arguments.of(
            "dotted",
            "\u0080\4\u008c\5torch\u008c\16os.system.func\u0093" + command + "\u0085R.",
            "torch.os.system.func"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("attacks")
  void isRefusedByNameAndNotExecuted(String kind, String opcodes, String name) throws Exception {
    Path file = archive(folder.resolve("bad.pth"), opcodes);
    assertThatThrownBy(() -> WeightsImport.open(file))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("weights " + file + "/data.pkl: expected ")
        .hasMessageContaining(name)
        .hasMessageNotContaining("\n");
    assertThat(Path.of("pwned")).doesNotExist();
  }

  /** Names that the library itself would have made objects of, or called. */
  @ParameterizedTest
  @MethodSource("namesOfTheLibrary")
  void theLibrarysOwnConstructorsAreOutOfReach(String module, String name, String found) {
    byte[] pickle = TestFiles.pickle("c" + module + "\n" + name + "\n)R.");
    if (found.isEmpty()) {
      assertThat(PickleReader.read(pickle).root())
          .isEqualTo(new PickleGlobals.Placeholder(module + "." + name));
      return;
    }
    assertThatThrownBy(() -> PickleReader.read(pickle))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("found " + found + ", which is not on the list");
  }

  static List<Arguments> namesOfTheLibrary() {
    return List.of(
        Arguments.of("decimal", "Decimal", ""),
        Arguments.of("datetime", "datetime", ""),
        Arguments.of("builtins", "bytearray", ""),
        Arguments.of("copy_reg", "_reconstructor", "a call of copy_reg._reconstructor"),
        Arguments.of("operator", "attrgetter", "a call of operator.attrgetter"));
  }

  @Test
  void lengthsBeyondTheFileTakeNoMemory() {
    for (String opcode :
        new String[] {"X\u00ff\u00ff\u00ff\u007f", "B\u00ff\u00ff\u00ff\u007f", "X\0\0\0\u00ff"}) {
      assertThatThrownBy(() -> PickleReader.read(TestFiles.pickle(opcode + "abc.")))
          .isInstanceOf(UserException.class)
          .hasMessageStartingWith("expected a pickle with at most 4 more bytes, found a value of ");
    }
    // integers of any length, text opcodes, extension codes: torch.save writes none
    for (String opcode :
        new String[] {"\u008b\u00ff\u00ff\u00ff\u007f.", "L1L\n.", "\u0082\1.", "P0\n."}) {
      assertThatThrownBy(() -> PickleReader.read(TestFiles.pickle(opcode)))
          .isInstanceOf(UserException.class)
          .hasMessageStartingWith("expected what torch.save writes, found pickle opcode 0x");
    }
  }

  @Test
  void duplicateKeysAreRefused() {
    assertThatThrownBy(
            () -> PickleReader.read(TestFiles.pickle("}(" + text("a") + "N" + text("a") + "Nu.")))
        .hasMessage("expected each key once, found 'a' twice");
  }

  @Test
  void tensorsOutsideTheirStorageAreRefused() {
    String[] wrong = {
      tensor("FloatStorage", 4, 1, tuple(4), tuple(1)),
      tensor("FloatStorage", 4, 0, tuple(2, 2), tuple(3, 1)),
      tensor("FloatStorage", 4, -1, tuple(1), tuple(1)),
      tensor("FloatStorage", 4, 0, tuple(-1), tuple(1)),
      tensor("FloatStorage", 4, 3, tuple(2), tuple(-1)),
      tensor("FloatStorage", -4, 0, tuple(1), tuple(1)),
      tensor(
          "FloatStorage",
          4,
          0,
          tuple(2_000_000_000, 2_000_000_000, 2_000_000_000),
          tuple(2_000_000_000, 2_000_000_000, 2_000_000_000)),
    };
    for (String opcodes : wrong) {
      assertThatThrownBy(() -> PickleReader.read(TestFiles.pickle(opcodes + ".")))
          .isInstanceOf(UserException.class)
          .hasMessageStartingWith("expected a tensor with ");
    }
    assertThat(
            PickleReader.read(
                    TestFiles.pickle(tensor("FloatStorage", 4, 0, tuple(2, 2), tuple(1, 2)) + "."))
                .root())
        .isInstanceOf(StoredTensor.class);
  }

  /** Whatever the bytes: a value or a one-line refusal, never another failure. */
  @Test
  void damagedPicklesAreOneLine() {
    byte[] whole =
        TestFiles.pickle(
            "\u0080\2}("
                + text("model")
                + "ccollections\nOrderedDict\n)R("
                + text("w")
                + tensor("HalfStorage", 4, 0, tuple(2, 2), tuple(2, 1))
                + "u"
                + text("epoch")
                + "K\1u.");
    assertThat(PickleReader.read(whole).root()).isInstanceOf(PickledMap.class);
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      byte[] damaged = whole.clone();
      for (int n = 0; n <= random.nextInt(4); n++) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      }
      try {
        PickleReader.read(damaged);
      } catch (UserException refused) {
        assertThat(refused.getMessage()).doesNotContain("\n");
      }
    }
  }
}
