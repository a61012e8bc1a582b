package io.spikeformer.model.kernel.fast;

import static org.bytedeco.dnnl.global.dnnl.dnnl_engine_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_engine_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_create_with_strides;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_create_with_tag;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_query;
import static org.bytedeco.dnnl.global.dnnl.dnnl_post_ops_append_sum;
import static org.bytedeco.dnnl.global.dnnl.dnnl_post_ops_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_post_ops_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_attr_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_attr_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_attr_set_post_ops;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_attr_set_scratchpad_mode;
import static org.bytedeco.dnnl.global.dnnl.dnnl_stream_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_stream_destroy;

import io.spikeformer.common.Text;
import io.spikeformer.model.kernel.DataType;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_post_ops;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/**
 * The means of one thread to run oneDNN primitives: an engine, a stream, and buffers that all its
 * primitives share, one after the other.
 *
 * <p>Used and closed without locks: see {@link Team}.
 */
final class Native implements AutoCloseable {
  /** Uses of the shared buffers. */
  enum Buffer {
    SCRATCHPAD,
    WEIGHTS,
    TERM,
    FIRST,
    SECOND,
    RESULT,
    PARTIAL_WEIGHTS,
    PARTIAL_BIAS,
    MORE_WEIGHTS,
    MORE_BIAS,
    SCALED
  }

  private static final int ALIGNMENT = 64;

  final dnnl_engine engine = new dnnl_engine();
  final dnnl_stream stream = new dnnl_stream();
  final dnnl_primitive_attr attributes = new dnnl_primitive_attr();

  /** Of primitives that add to what is there. */
  final dnnl_primitive_attr adding = new dnnl_primitive_attr();

  private final BytePointer[] buffers = new BytePointer[Buffer.values().length];

  Native() {
    check(dnnl_engine_create(engine, dnnl.dnnl_cpu, 0), "creating the engine");
    check(dnnl_stream_create(stream, engine, dnnl.dnnl_stream_default_flags), "creating a stream");
    create(attributes);
    create(adding);
    dnnl_post_ops sum = new dnnl_post_ops();
    check(dnnl_post_ops_create(sum), "creating a sum");
    check(dnnl_post_ops_append_sum(sum, 1, 0, dnnl.dnnl_data_type_undef), "describing a sum");
    check(dnnl_primitive_attr_set_post_ops(adding, sum), "setting a sum");
    dnnl_post_ops_destroy(sum);
  }

  private static void create(dnnl_primitive_attr attributes) {
    check(dnnl_primitive_attr_create(attributes), "creating attributes");
    check(
        dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl.dnnl_scratchpad_mode_user),
        "setting the scratchpad mode");
  }

  /** Address of a buffer of at least that many bytes, valid until a larger one is asked for. */
  long buffer(Buffer use, long bytes) {
    BytePointer buffer = buffers[use.ordinal()];
    if (buffer == null || buffer.capacity() < bytes + ALIGNMENT) {
      if (buffer != null) {
        buffer.deallocate();
      }
      buffer = new BytePointer(bytes + ALIGNMENT);
      buffers[use.ordinal()] = buffer;
    }
    return (buffer.address() + ALIGNMENT - 1) & -ALIGNMENT;
  }

  @Override
  public void close() {
    for (BytePointer buffer : buffers) {
      if (buffer != null) {
        buffer.deallocate();
      }
    }
    dnnl_primitive_attr_destroy(attributes);
    dnnl_primitive_attr_destroy(adding);
    dnnl_stream_destroy(stream);
    dnnl_engine_destroy(engine);
  }

  /** oneDNN's number of a type; it has none for bits. */
  static int type(DataType type) {
    return switch (type) {
      case FLOAT32 -> dnnl.dnnl_f32;
      case BFLOAT16 -> dnnl.dnnl_bf16;
      case BIT -> throw new IllegalArgumentException("oneDNN: bits must be expanded first");
    };
  }

  /** Describes memory in one of oneDNN's layouts; to be destroyed by the caller. */
  static dnnl_memory_desc layout(DataType type, int tag, long... sizes) {
    dnnl_memory_desc description = new dnnl_memory_desc();
    check(
        dnnl_memory_desc_create_with_tag(description, sizes.length, sizes, type(type), tag),
        "describing memory");
    return description;
  }

  /** Describes strided memory; to be destroyed by the caller. */
  static dnnl_memory_desc strided(DataType type, long[] sizes, long[] strides) {
    dnnl_memory_desc description = new dnnl_memory_desc();
    check(
        dnnl_memory_desc_create_with_strides(description, sizes.length, sizes, type(type), strides),
        "describing strided memory");
    return description;
  }

  /**
   * Type, sizes and order of blocked memory, as numbers that are equal where they are.
   *
   * @throws IllegalStateException for memory that is not blocked; that of convolutions is
   */
  static List<Long> order(dnnl_memory_desc layout) {
    List<Long> order = new ArrayList<>();
    order.add((long) number(layout, dnnl.dnnl_query_data_type));
    int dimensions = number(layout, dnnl.dnnl_query_ndims_s32);
    add(layout, dnnl.dnnl_query_dims, dimensions, order);
    add(layout, dnnl.dnnl_query_padded_dims, dimensions, order);
    add(layout, dnnl.dnnl_query_strides, dimensions, order);
    int blocks = number(layout, dnnl.dnnl_query_inner_nblks_s32);
    add(layout, dnnl.dnnl_query_inner_blks, blocks, order);
    add(layout, dnnl.dnnl_query_inner_idxs, blocks, order);
    return order;
  }

  private static int number(dnnl_memory_desc layout, int what) {
    try (IntPointer result = new IntPointer(1)) {
      check(dnnl_memory_desc_query(layout, what, result), "reading a layout");
      return result.get();
    }
  }

  private static void add(dnnl_memory_desc layout, int what, int count, List<Long> to) {
    try (PointerPointer<LongPointer> result = new PointerPointer<>(1)) {
      check(dnnl_memory_desc_query(layout, what, result), "reading a layout");
      LongPointer numbers = result.get(LongPointer.class, 0);
      for (int i = 0; i < count; i++) {
        to.add(numbers.get(i));
      }
    }
  }

  static void check(int status, String action) {
    if (status != dnnl.dnnl_success) {
      throw new IllegalStateException(
          Text.format("oneDNN: %s failed with status %s", action, status));
    }
  }

  /** A pointer that can be aimed at any address, to save an object per call. */
  static final class Aim extends Pointer {
    Aim at(long target) {
      this.address = target;
      return this;
    }
  }
}
