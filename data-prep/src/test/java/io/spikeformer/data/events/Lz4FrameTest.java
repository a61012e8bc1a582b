package io.spikeformer.data.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.data.events.PacketDecoder.DecodeException;
import io.spikeformer.data.order.SeededRandom;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import net.jpountz.lz4.LZ4FrameOutputStream;
import net.jpountz.lz4.LZ4FrameOutputStream.BLOCKSIZE;
import net.jpountz.lz4.LZ4FrameOutputStream.FLG;
import net.jpountz.xxhash.XXHashFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Lz4FrameTest {
  private final Lz4Frame decoder = new Lz4Frame();

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 5, 12, 13, 63, 64, 1000, 65_535, 65_536, 65_537, 300_000})
  void whatTheReferenceWritesIsRead(int size) throws Exception {
    for (int period : new int[] {1, 2, 3, 7, 8, 9, 40, 5000, Integer.MAX_VALUE}) {
      byte[] content = content(size, period);
      assertThat(decode(frame(content, BLOCKSIZE.SIZE_64KB, FLG.Bits.BLOCK_INDEPENDENCE)))
          .isEqualTo(content);
    }
  }

  @Test
  void checksumsAndTheDeclaredSizeAreReadAndVerified() throws Exception {
    byte[] content = content(200_000, 9);
    byte[] frame =
        frame(
            content,
            BLOCKSIZE.SIZE_256KB,
            FLG.Bits.BLOCK_INDEPENDENCE,
            FLG.Bits.BLOCK_CHECKSUM,
            FLG.Bits.CONTENT_CHECKSUM,
            FLG.Bits.CONTENT_SIZE);
    assertThat(decode(frame)).isEqualTo(content);
    byte[] damagedEnd = frame.clone();
    damagedEnd[frame.length - 1] ^= 1;
    assertFault(damagedEnd, "wrong checksum of the LZ4 content");
    byte[] damagedHeader = frame.clone();
    damagedHeader[8] ^= 1;
    assertFault(damagedHeader, "wrong checksum of the LZ4 frame header");
  }

  /** By hand: block 1 is 64 literals, block 2 repeats 40 of them from 64 back, then 5 literals. */
  @Test
  void blocksMayReferToEarlierBlocks() throws Exception {
    byte[] literals = content(64, Integer.MAX_VALUE);
    ByteBuffer frame = linkedFrame();
    frame.putInt(2 + 64).put((byte) 0xf0).put((byte) 49).put(literals);
    frame.putInt(5 + 5).put((byte) 0x0f).putShort((short) 64).put((byte) 21);
    frame.put((byte) 0x50).put(new byte[] {1, 2, 3, 4, 5}).putInt(0);
    byte[] expected = Arrays.copyOf(literals, 64 + 40 + 5);
    System.arraycopy(literals, 0, expected, 64, 40);
    System.arraycopy(new byte[] {1, 2, 3, 4, 5}, 0, expected, 104, 5);
    assertThat(decode(Arrays.copyOf(frame.array(), frame.position()))).isEqualTo(expected);
  }

  @Test
  void aReferenceToBeforeTheBeginningIsRefused() {
    ByteBuffer frame = linkedFrame();
    frame.putInt(1 + 4 + 2 + 1 + 5).put((byte) 0x40).put(new byte[] {1, 2, 3, 4});
    frame.putShort((short) 5).put((byte) 0x50).put(new byte[5]).putInt(0);
    assertFault(Arrays.copyOf(frame.array(), frame.position()), "damaged LZ4 block");
  }

  @Test
  void aCutFrameIsRefusedWhereverItIsCut() throws Exception {
    byte[] frame = frame(content(2000, 30), BLOCKSIZE.SIZE_64KB, FLG.Bits.BLOCK_INDEPENDENCE);
    for (int length = 0; length < frame.length; length++) {
      byte[] cut = Arrays.copyOf(frame, length);
      assertThatThrownBy(() -> decode(cut)).isInstanceOf(DecodeException.class);
    }
  }

  private static ByteBuffer linkedFrame() {
    ByteBuffer frame = ByteBuffer.allocate(1000).order(ByteOrder.LITTLE_ENDIAN);
    frame.putInt(0x184d2204).put((byte) 0x40).put((byte) 0x40);
    int hash = XXHashFactory.safeInstance().hash32().hash(frame.array(), 4, 2, 0);
    return frame.put((byte) (hash >> 8));
  }

  private byte[] decode(byte[] frame) throws DecodeException {
    PacketBuffer output = new PacketBuffer();
    int length = decoder.decode(frame, frame.length, output);
    return Arrays.copyOf(output.bytes(), length);
  }

  private void assertFault(byte[] frame, String message) {
    assertThatThrownBy(() -> decode(frame))
        .isInstanceOf(DecodeException.class)
        .hasMessageContaining(message);
  }

  private static byte[] frame(byte[] content, BLOCKSIZE size, FLG.Bits... flags)
      throws IOException {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    boolean declaresSize = Arrays.asList(flags).contains(FLG.Bits.CONTENT_SIZE);
    try (LZ4FrameOutputStream stream =
        declaresSize
            ? new LZ4FrameOutputStream(output, size, content.length, flags)
            : new LZ4FrameOutputStream(output, size, flags)) {
      stream.write(content);
    }
    return output.toByteArray();
  }

  private static byte[] content(int size, int period) {
    SeededRandom random = new SeededRandom(size);
    byte[] content = new byte[size];
    for (int i = 0; i < size; i++) {
      boolean repeats = i >= period && random.nextInt(50) > 0;
      content[i] = repeats ? content[i - period] : (byte) random.nextInt(256);
    }
    return content;
  }
}
