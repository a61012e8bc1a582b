package io.spikeformer.train.spark.averaging;

import io.spikeformer.common.UserException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
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
 * every process of that host, straight into the tensors. Executors of other hosts fetch it from the
 * process that has formed it.
 *
 * @param broadcast id of the broadcast that the blocks belong to and are removed with
 * @param kind what they are
 */
public record SliceBlocks(long broadcast, String kind) implements Serializable {
  private static final Duration LIMIT = Duration.ofSeconds(15);

  /** Of blocks that the driver has: all holders are asked several times. */
  private static final PeerBlocks.Patience PATIENT =
      new PeerBlocks.Patience(LIMIT, 4, Duration.ofMinutes(2));

  /** Of blocks that an executor has formed: first that one is asked, then everybody. */
  private static final PeerBlocks.Patience BRIEF =
      new PeerBlocks.Patience(LIMIT, 2, Duration.ofSeconds(5));

  /** Whether a block that came from another host is stored here. */
  enum Fetched {
    /** Stored, and the driver tells others that it is here. */
    SHARE,
    /** Stored for this process. */
    KEEP,
    /** Not stored. */
    PASS_ON
  }

  /**
   * A buffer outside the heap that has room for a slice and its checksum.
   *
   * @param elements values of the slice at most
   */
  static ByteBuffer buffer(int elements) {
    return ByteBuffer.allocateDirect(elements * Float.BYTES + Integer.BYTES)
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Stores a slice here, in the place of an earlier one that may be damaged.
   *
   * @param values from the buffer's beginning to its position; its content is overwritten by the
   *     checksum from there on
   */
  void put(int index, ByteBuffer values) {
    if (manager().getStatus(id(index)).isDefined()) {
      manager().removeBlock(id(index), false);
    }
    store(index, withChecksum(values), true);
  }

  /**
   * Stores a slice for this process, which has formed it again.
   *
   * @param values as of {@link #put}
   */
  void keep(int index, ByteBuffer values) {
    store(index, withChecksum(values), false);
  }

  private static ByteBuffer withChecksum(ByteBuffer values) {
    CRC32C sum = new CRC32C();
    sum.update(values.duplicate().flip());
    return values.putInt((int) sum.getValue()).flip();
  }

  private void store(int index, ByteBuffer block, boolean tell) {
    manager()
        .putBytes(
            id(index),
            new ChunkedByteBuffer(block),
            StorageLevel.DISK_ONLY(),
            tell,
            ClassTag$.MODULE$.apply(Object.class));
  }

  /**
   * Reads a slice from here, from the process that has formed it, or from another one that has it.
   *
   * @param holders the processes that have formed the slices; null if only the driver knows
   * @param targets filled in order, each from its position to its limit; all of the slice
   * @param fetched what becomes of a block that comes from another host
   * @throws UserException in one line if nobody has it or sends it in time, or it is damaged
   */
  void read(int index, Holders holders, List<ByteBuffer> targets, Fetched fetched) {
    if (readOnThisHost(index, holders, targets)) {
      return;
    }
    if (holders == null) {
      readFromAnybody(index, targets, fetched);
    } else {
      // without a question to the driver, who would have to answer all workers for all slices
      readFromPeers(index, pass -> holders(holders, index, pass), BRIEF, targets, fetched);
    }
  }

  /**
   * Reads a slice from here, or from the process that has formed it if that is on this host.
   *
   * @param holders the processes that have formed the slices; null if only the driver knows
   * @param targets as of {@link #read}
   * @return false if neither has it
   * @throws UserException in one line if what is here is damaged
   */
  boolean readOnThisHost(int index, Holders holders, List<ByteBuffer> targets) {
    BroadcastBlockId id = id(index);
    Option<BlockData> here = manager().getLocalBytes(id);
    if (here.isDefined()) {
      try (InputStream stream = here.get().toInputStream()) {
        fill(index, Channels.newChannel(stream), targets);
        return true;
      } catch (IOException failure) {
        throw unreadable(index, failure);
      } finally {
        manager().releaseLock(id, Option.empty());
      }
    }
    if (holders == null) {
      return false;
    }
    Holder former = holders.of(index);
    long size = Integer.BYTES + targets.stream().mapToLong(ByteBuffer::remaining).sum();
    return former.place().host().equals(manager().blockManagerId().host())
        && readFromThisHost(index, former.folders(), size, targets);
  }

  private void readFromAnybody(int index, List<ByteBuffer> targets, Fetched fetched) {
    BroadcastBlockId id = id(index);
    Option<BlockLocationsAndStatus> known =
        manager().master().getLocationsAndStatus(id, manager().blockManagerId().host());
    if (known.isDefined()
        && known.get().localDirs().isDefined()
        && readFromThisHost(
            index, known.get().localDirs().get(), known.get().status().diskSize(), targets)) {
      return;
    }
    readFromPeers(
        index,
        pass -> known.isDefined() && pass == 0 ? sorted(known.get().locations()) : holders(id),
        PATIENT,
        targets,
        fetched);
  }

  /** Who has formed it, unless that one was silent lately; in the second pass everybody. */
  private static List<BlockManagerId> holders(Holders known, int index, int pass) {
    BlockManagerId first = known.of(index).place();
    List<BlockManagerId> asked = new ArrayList<>();
    if (pass > 0) {
      asked.addAll(known.others(index));
    }
    if (pass > 0 || !PeerBlocks.ofThisJvm().suspects(first)) {
      asked.add(first);
    }
    asked.remove(manager().blockManagerId());
    return asked;
  }

  private void readFromPeers(
      int index,
      IntFunction<List<BlockManagerId>> holders,
      PeerBlocks.Patience patience,
      List<ByteBuffer> targets,
      Fetched fetched) {
    PeerBlocks.ofThisJvm()
        .read(
            id(index),
            holders,
            patience,
            (holder, block) ->
                manager()
                    .blockTransferService()
                    .fetchBlockSync(
                        holder.host(), holder.port(), holder.executorId(), block.name(), null),
            block -> receive(index, block, targets, fetched));
  }

  private static List<BlockManagerId> holders(BroadcastBlockId id) {
    return sorted(manager().master().getLocations(id));
  }

  /** Reads the file of another process of this host, if one has it. */
  private boolean readFromThisHost(
      int index, String[] folders, long size, List<ByteBuffer> targets) {
    Option<ManagedBuffer> file =
        manager().readDiskBlockFromSameHostExecutor(id(index), folders, size);
    if (file.isEmpty()) {
      return false;
    }
    try {
      receive(index, file.get(), targets, Fetched.PASS_ON);
      return true;
    } catch (MissingSliceException unusable) {
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
        if (fetched != Fetched.PASS_ON) {
          store(index, bytes, fetched == Fetched.SHARE);
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

  private MissingSliceException unreadable(int index, IOException failure) {
    return new MissingSliceException(failure, what(index) + ": " + failure.getMessage());
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
