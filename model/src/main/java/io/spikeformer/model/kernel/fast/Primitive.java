package io.spikeformer.model.kernel.fast;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SCRATCHPAD;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_get_size;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_set_data_handle;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_desc_query_md;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_execute;
import static org.bytedeco.dnnl.global.dnnl.dnnl_query_exec_arg_md;
import static org.bytedeco.dnnl.global.dnnl.dnnl_query_scratchpad_md;

import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_primitive_desc;

/** A compiled oneDNN primitive with one memory object per argument, aimed anew at each call. */
final class Primitive implements AutoCloseable {
  private final Native context;
  private final dnnl_primitive primitive = new dnnl_primitive();
  private final dnnl_memory[] memories;
  private final dnnl_exec_arg_t arguments;
  private final Native.Aim aim = new Native.Aim();
  private final long scratchpad;

  /**
   * Compiles a primitive.
   *
   * @param arguments oneDNN's argument numbers, in the order of {@link #run}'s addresses
   */
  Primitive(Native context, dnnl_primitive_desc description, int... arguments) {
    this.context = context;
    Native.check(dnnl_primitive_create(primitive, description), "compiling a primitive");
    int count = arguments.length;
    this.memories = new dnnl_memory[count + 1];
    this.arguments = new dnnl_exec_arg_t(count + 1);
    for (int i = 0; i < count; i++) {
      dnnl_memory_desc layout =
          dnnl_primitive_desc_query_md(description, dnnl_query_exec_arg_md, arguments[i]);
      add(i, arguments[i], layout);
    }
    dnnl_memory_desc layout =
        dnnl_primitive_desc_query_md(description, dnnl_query_scratchpad_md, 0);
    this.scratchpad = dnnl_memory_desc_get_size(layout);
    add(count, DNNL_ARG_SCRATCHPAD, layout);
    this.arguments.position(0);
  }

  private void add(int index, int argument, dnnl_memory_desc layout) {
    memories[index] = new dnnl_memory();
    Native.check(
        dnnl_memory_create(memories[index], layout, context.engine, null), "creating memory");
    arguments.position(index).arg(argument).memory(memories[index]);
  }

  /**
   * Runs on the calling thread, which must be the context's.
   *
   * @param addresses one for each argument; further ones are ignored
   */
  void run(long... addresses) {
    int last = memories.length - 1;
    for (int i = 0; i < last; i++) {
      aim(i, addresses[i]);
    }
    if (scratchpad > 0) {
      aim(last, context.buffer(Native.Buffer.SCRATCHPAD, scratchpad));
    }
    Native.check(
        dnnl_primitive_execute(primitive, context.stream, memories.length, arguments),
        "running a primitive");
  }

  private void aim(int index, long address) {
    Native.check(dnnl_memory_set_data_handle(memories[index], aim.at(address)), "aiming at memory");
  }

  @Override
  public void close() {
    for (dnnl_memory memory : memories) {
      dnnl_memory_destroy(memory);
    }
    arguments.deallocate();
    dnnl_primitive_destroy(primitive);
  }
}
