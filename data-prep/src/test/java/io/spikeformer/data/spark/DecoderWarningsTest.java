package io.spikeformer.data.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.spikeformer.data.TestImages;
import io.spikeformer.data.shard.ShardManifest;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

/** libjpeg and libpng say on standard error what is wrong, but not with which file. */
class DecoderWarningsTest extends ImagePreparationLab {
  private static final int END_MARKER = 2;

  @Test
  void filesOfWhichTheDecoderWarnsAreNotedByName() throws Exception {
    putImages("in/train", 12);
    put("in/train/class0/half.jpg", withoutItsSecondHalf(TestImages.jpeg(120, 200, 3)));
    put("in/train/class1/profile.png", withADamagedProfile(TestImages.png(12, 20, 3)));

    ShardManifest manifest = run(options());

    assertThat(manifest.accepted()).isEqualTo(14);
    assertThat(manifest.noted()).isEqualTo(2);
    assertThat(Files.readAllLines(folder.resolve("out/train/" + ShardManifest.NOTES_FILE)))
        .allMatch(line -> line.contains("its decoder has warned"))
        .anyMatch(line -> line.contains("class0/half.jpg"))
        .anyMatch(line -> line.contains("class1/profile.png"))
        .hasSize(2);
  }

  /** Its markers are in order, so that only the decoder sees it. */
  private static byte[] withoutItsSecondHalf(byte[] jpeg) {
    byte[] half = Arrays.copyOf(jpeg, jpeg.length / 2 + END_MARKER);
    System.arraycopy(jpeg, jpeg.length - END_MARKER, half, half.length - END_MARKER, END_MARKER);
    return half;
  }

  /** A colour profile of no use behind the header. */
  private static byte[] withADamagedProfile(byte[] png) {
    int header = 8 + 25;
    byte[] data = "name\0\0not compressed".getBytes(StandardCharsets.US_ASCII);
    byte[] type = "iCCP".getBytes(StandardCharsets.US_ASCII);
    CRC32 checksum = new CRC32();
    checksum.update(type);
    checksum.update(data);
    ByteBuffer chunk = ByteBuffer.allocate(12 + data.length);
    chunk.putInt(data.length).put(type).put(data).putInt((int) checksum.getValue());
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.write(png, 0, header);
    file.writeBytes(chunk.array());
    file.write(png, header, png.length - header);
    return file.toByteArray();
  }
}
