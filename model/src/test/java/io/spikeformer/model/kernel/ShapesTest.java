package io.spikeformer.model.kernel;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.spikeformer.model.kernel.MatmulShape.Strides;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What no kernel can take is refused where a shape is made, before any work. */
class ShapesTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          0 | 8 | 3 | 4 | 3 | 1 | 1 | false | convolution: expected positive sizes, found 0x8x8x3 -> 4
          1 | 8 | 3 | 0 | 3 | 1 | 1 | false | convolution: expected positive sizes, found 1x8x8x3 -> 0
          1 | 8 | 3 | 4 | 0 | 1 | 0 | false | convolution: expected window and stride >= 1 and 0 <= padding < window, found 0, 1, 0
          1 | 8 | 3 | 4 | 3 | 0 | 1 | false | convolution: expected window and stride >= 1 and 0 <= padding < window, found 3, 0, 1
          1 | 8 | 3 | 4 | 3 | 1 | 3 | false | convolution: expected window and stride >= 1 and 0 <= padding < window, found 3, 1, 3
          1 | 4 | 3 | 4 | 7 | 1 | 1 | false | convolution: expected an input of at least 7x7, the size of its window, found 4x4 padded by 1
          1 | 8 | 3 | 4 | 3 | 1 | 1 | true  | convolution: expected as many outputs as inputs of a depthwise one, found 3 and 4
          """)
  void impossibleConvolutionsAreRefused(
      int images,
      int side,
      int inputs,
      int outputs,
      int window,
      int stride,
      int padding,
      boolean depthwise,
      String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new ConvolutionShape(
                    images, side, side, inputs, outputs, window, stride, padding, depthwise))
        .withMessage(message);
  }

  @Test
  void productsWithoutElementsAreRefused() {
    Strides strides = new Strides(1, 1, 1, 1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new MatmulShape(2, 8, 16, 0, 4, strides, strides, strides))
        .withMessage(
            "matmul: expected positive sizes, found 2 images, 8 heads, [16,0] times [0,4]");
  }
}
