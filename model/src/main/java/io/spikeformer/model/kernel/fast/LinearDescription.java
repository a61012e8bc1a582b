package io.spikeformer.model.kernel.fast;

import static org.bytedeco.dnnl.global.dnnl.dnnl_inner_product_backward_data_primitive_desc_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_inner_product_backward_weights_primitive_desc_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_inner_product_forward_primitive_desc_create;

import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;

/**
 * Describes a convolution whose window is the whole image as what it is, a linear layer: oneDNN's
 * convolutions compute one output pixel of each image ten times as slowly.
 */
final class LinearDescription {
  private LinearDescription() {}

  /** As oneDNN's status says; the bias may be null. */
  static int create(
      Native context,
      ConvolutionPrimitive.Direction direction,
      dnnl_primitive_desc result,
      dnnl_memory_desc input,
      dnnl_memory_desc weights,
      dnnl_memory_desc bias,
      dnnl_memory_desc output,
      dnnl_primitive_attr attributes) {
    return switch (direction) {
      case FORWARD ->
          dnnl_inner_product_forward_primitive_desc_create(
              result,
              context.engine,
              dnnl.dnnl_forward_inference,
              input,
              weights,
              bias,
              output,
              attributes);
      case BACKWARD_DATA ->
          dnnl_inner_product_backward_data_primitive_desc_create(
              result, context.engine, input, weights, output, null, attributes);
      case BACKWARD_WEIGHTS ->
          dnnl_inner_product_backward_weights_primitive_desc_create(
              result, context.engine, input, weights, bias, output, null, attributes);
    };
  }
}
