package io.spikeformer.train.spark.averaging;

import io.spikeformer.common.UserException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.time.Duration;
import java.util.List;
import java.util.zip.CRC32C;
import org.apache.spark.SparkEnv;
import org.apache.spark.network.buffer.FileSegmentManagedBuffer;
import org.apache.spark.network.buffer.ManagedBuffer;
import org.apache.spark.network.buffer.NioManagedBuffer;
import org.apache.spark.storage.BlockData;
import org.apache.spark.storage.BlockManager;
import org.apache.spark.storage.BlockManagerId;
import org.apache.spark.storage.BlockManagerMessages.BlockLocationsAndStatus;
import org.apache.spark.storage.BroadcastBlockId;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.io.ChunkedByteBuffer;
import scala.Option;
import scala.collection.JavaConverters;
import scala.collection.Seq;
import scala.reflect.ClassTag$;

/**
 * Slices as blocks of Spark's block manager, on disk: their values, little endian, and the CRC32C
 * of those.
 *
 * <p>Spark's own broadcast would serialise the state, keep it twice on every executor, and send it
 * through the network even between processes of one host. A block on disk is read from its file by
 * every process of that host, straight into the tensors. Executors of other hosts fetch it, from
 * the driver or from each other, and keep it for others to fetch.
 *
 * @param broadcast id of the broadcast that the blocks belong to and are removed with
 * @param kind what they are
 */
public record SliceBlocks(long broadcast, String kind) implements Serializable {
  /** The state that a round begins with: every holder is asked several times. */
  private static final PeerBlocks.Patience PATIENT =
      new PeerBlocks.Patience(Duration.ofSeconds(15), 4);

  /** Whether a block that came from another host is kept, so that others can have it from here. */
  private enum Fetched {
    KEEP,
    PASS_ON
  }

  /** A buffer outside the heap that has room for a slice and its checksum. */
  public static ByteBuffer buffer() {
    return ByteBuffer.allocateDirect(Slice.LENGTH * Float.BYTES + Integer.BYTES)
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Stores a slice here.
   *
   * @param values from the buffer's beginning to its position; its content is overwritten by the
   *     checksum from there on
   */
  void put(int index, ByteBuffer values) {
    CRC32C sum = new CRC32C();
    sum.update(values.duplicate().flip());
    values.putInt((int) sum.getValue());
    store(index, values.flip());
  }

  private void store(int index, ByteBuffer block) {
    manager()
        .putBytes(
            id(index),
            new ChunkedByteBuffer(block),
            StorageLevel.DISK_ONLY(),
            true,
            ClassTag$.MODULE$.apply(Object.class));
  }

  /**
   * Reads a slice from here, or from the driver or an executor that has it, and keeps it here for
   * others.
   *
   * @param targets filled in order, each from its position to its limit; all of the slice
   * @throws UserException in one line if nobody has it or it is damaged
   */
  void read(int index, List<ByteBuffer> targets) {
    read(index, targets, Fetched.KEEP, PATIENT);
  }

  /**
   * Reads a slice from here or from an executor that has it, without keeping it here.
   *
   * @param target filled from its position to its limit; all of the slice
   * @param limit how long an executor may take
   * @throws UserException in one line if nobody has it or sends it in time, or it is damaged
   */
  public void collect(int index, ByteBuffer target, Duration limit) {
    read(index, List.of(target), Fetched.PASS_ON, new PeerBlocks.Patience(limit, 1));
  }

  private void read(
      int index, List<ByteBuffer> targets, Fetched fetched, PeerBlocks.Patience patience) {
    BroadcastBlockId id = id(index);
    Option<BlockData> here = manager().getLocalBytes(id);
    if (here.isDefined()) {
      try (InputStream stream = here.get().toInputStream()) {
        fill(index, Channels.newChannel(stream), targets);
      } catch (IOException failure) {
        throw unreadable(index, failure);
      } finally {
        manager().releaseLock(id, Option.empty());
      }
    } else {
      readFromPeers(index, targets, fetched, patience);
    }
  }

  private void readFromPeers(
      int index, List<ByteBuffer> targets, Fetched fetched, PeerBlocks.Patience patience) {
    BroadcastBlockId id = id(index);
    Option<BlockLocationsAndStatus> known =
        manager().master().getLocationsAndStatus(id, manager().blockManagerId().host());
    if (known.isDefined() && readFromThisHost(index, known.get(), targets)) {
      return;
    }
    PeerBlocks.ofThisJvm()
        .read(
            id,
            pass ->
                known.isDefined() && pass == 0
                    ? sorted(known.get().locations())
                    : sorted(manager().master().getLocations(id)),
            patience,
            (holder, block) ->
                manager()
                    .blockTransferService()
                    .fetchBlockSync(
                        holder.host(), holder.port(), holder.executorId(), block.name(), null),
            block -> receive(index, block, targets, fetched));
  }

  /** Reads the file of another process of this host, if one has it. */
  private boolean readFromThisHost(
      int index, BlockLocationsAndStatus known, List<ByteBuffer> targets) {
    if (known.localDirs().isEmpty()) {
      return false;
    }
    Option<ManagedBuffer> file =
        manager()
            .readDiskBlockFromSameHostExecutor(
                id(index), known.localDirs().get(), known.status().diskSize());
    if (file.isEmpty()) {
      return false;
    }
    try {
      receive(index, file.get(), targets, Fetched.PASS_ON);
      return true;
    } catch (UncheckedIOException | UserException unusable) {
      // the file was being removed: another process may have the block
      return false;
    }
  }

  private static List<BlockManagerId> sorted(Seq<BlockManagerId> holders) {
    return JavaConverters.seqAsJavaList(manager().sortLocations(holders));
  }

  private void receive(int index, ManagedBuffer block, List<ByteBuffer> targets, Fetched fetched) {
    try {
      if (block instanceof FileSegmentManagedBuffer segment) {
        try (FileChannel file = FileChannel.open(segment.getFile().toPath())) {
          file.position(segment.getOffset());
          fill(index, file, targets);
        }
      } else if (block instanceof NioManagedBuffer) {
        ByteBuffer bytes = block.nioByteBuffer();
        fill(index, channel(bytes.duplicate()), targets);
        if (fetched == Fetched.KEEP) {
          store(index, bytes);
        }
      } else {
        try (InputStream stream = block.createInputStream()) {
          fill(index, Channels.newChannel(stream), targets);
        }
      }
    } catch (IOException failure) {
      throw unreadable(index, failure);
    }
  }

  private void fill(int index, ReadableByteChannel from, List<ByteBuffer> targets)
      throws IOException {
    CRC32C sum = new CRC32C();
    for (ByteBuffer target : targets) {
      // after a failure another copy is read into the same place
      ByteBuffer left = target.duplicate();
      readFully(from, left);
      sum.update(target.duplicate());
    }
    ByteBuffer end = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    readFully(from, end);
    DamagedSliceException.require(what(index), end.getInt(0), (int) sum.getValue());
  }

  private static void readFully(ReadableByteChannel from, ByteBuffer target) throws IOException {
    while (target.hasRemaining()) {
      if (from.read(target) < 0) {
        throw new EOFException("expected " + target.remaining() + " more bytes");
      }
    }
  }

  private static ReadableByteChannel channel(ByteBuffer bytes) {
    return new ReadableByteChannel() {
      @Override
      public int read(ByteBuffer target) {
        if (!bytes.hasRemaining()) {
          return -1;
        }
        int count = Math.min(bytes.remaining(), target.remaining());
        target.put(target.position(), bytes, bytes.position(), count);
        target.position(target.position() + count);
        bytes.position(bytes.position() + count);
        return count;
      }

      @Override
      public boolean isOpen() {
        return true;
      }

      @Override
      public void close() {}
    };
  }

  private UncheckedIOException unreadable(int index, IOException failure) {
    return new UncheckedIOException(what(index) + ": " + failure.getMessage(), failure);
  }

  private String what(int index) {
    return kind + " slice " + index;
  }

  private BroadcastBlockId id(int index) {
    return new BroadcastBlockId(broadcast, kind + index);
  }

  private static BlockManager manager() {
    return SparkEnv.get().blockManager();
  }
}
