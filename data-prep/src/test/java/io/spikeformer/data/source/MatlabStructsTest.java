package io.spikeformer.data.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MatlabStructsTest {
  private static final List<String> WORD_NET_IDS = List.of("n01440764", "n02119789", "n01443537");
  private static final int HEADER = 128;
  private static final long MEMORY = 16L << 20;

  @Test
  void structsAreReadWhetherOrNotTheyAreCompressed() throws IOException {
    for (byte[] file :
        List.of(
            TestDevelopmentKit.meta(WORD_NET_IDS), TestDevelopmentKit.plainMeta(WORD_NET_IDS))) {
      var structs = new MatlabStructs(file).read("synsets");

      assertThat(structs).hasSize(4);
      assertThat(structs.get(1))
          .containsEntry("ILSVRC2012_ID", 2.0)
          .containsEntry("WNID", "n02119789")
          .containsEntry("words", "a, few, words")
          .containsEntry("num_children", 0.0)
          .containsEntry("children", null);
    }
    byte[] file = TestDevelopmentKit.meta(WORD_NET_IDS);
    assertThatThrownBy(() -> new MatlabStructs(file).read("nodes")).hasMessage("no variable nodes");
    assertThatThrownBy(() -> new MatlabStructs(file).read("other"))
        .hasMessage("other is no array of structs");
  }

  @Test
  void damagedFilesNeverDoMoreThanFail() {
    byte[] whole = TestDevelopmentKit.meta(WORD_NET_IDS);
    byte[] plain = TestDevelopmentKit.plainMeta(WORD_NET_IDS);
    Random random = new Random(5);
    for (int i = 0; i < 4000; i++) {
      byte[] file = i % 2 == 0 ? whole : plain;
      byte[] damaged = Arrays.copyOf(file, 1 + random.nextInt(file.length));
      for (int flips = random.nextInt(4); flips > 0; flips--) {
        damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
      }
      readOrRefuse(damaged);
    }
  }

  @Test
  void everyCutFileIsRefused() {
    byte[] whole = TestDevelopmentKit.plainMeta(WORD_NET_IDS);
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> new MatlabStructs(cut).read("synsets"))
          .isInstanceOf(IOException.class)
          .hasMessageMatching("a file of .* too short|an element that ends early|no variable .*");
    }
  }

  /** Some of these words are the sizes of elements, others types, dimensions or content. */
  @Test
  void aWordThatClaimsTwoGigabytesTakesNoMemory() {
    byte[] whole = TestDevelopmentKit.plainMeta(WORD_NET_IDS);
    int refused = 0;
    for (int at = HEADER; at < whole.length; at += Integer.BYTES) {
      byte[] file = whole.clone();
      ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putInt(at, Integer.MAX_VALUE);
      long before = allocated();
      refused += readOrRefuse(file) ? 0 : 1;
      assertThat(allocated() - before).as("word at byte %d", at).isLessThan(MEMORY);
    }
    assertThat(refused).isGreaterThan(100);
  }

  @Test
  void sizesThatNoFileCanHaveAreRefused() {
    int most = Integer.MAX_VALUE;
    assertStructs(TestDevelopmentKit.structs("", most, 1), "found 2147483647 with 0 bytes");
    assertStructs(TestDevelopmentKit.structs("", 2, 1), "found 2 with 0 bytes of field names");
    assertStructs(TestDevelopmentKit.structs("WNID", most, most, most, most), "at most 65536");
    assertStructs(TestDevelopmentKit.structs("WNID", 65_536, 1), "an element that ends early");
    assertStructs(TestDevelopmentKit.structs("WNID", -1, 1), "an array of size -1");
  }

  /** 65 MB of zeros in 65 kB. */
  @Test
  void whatBecomesTooLargeWhenItIsInflatedIsRefused() {
    byte[] bomb = TestDevelopmentKit.zeros(65 << 20);
    assertThat(bomb).hasSizeLessThan(100_000);
    assertStructs(bomb, "a variable of more than 67108864 bytes");
  }

  private static void assertStructs(byte[] file, String message) {
    assertThatThrownBy(() -> new MatlabStructs(file).read("synsets"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(message);
  }

  /** Whether a file could be read; if not, that is said in one line. */
  private static boolean readOrRefuse(byte[] file) {
    try {
      new MatlabStructs(file).read("synsets");
      return true;
    } catch (IOException refused) {
      assertThat(refused).hasMessageNotContaining("\n");
      return false;
    }
  }

  private static long allocated() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
  }
}
