package io.spikeformer.data.image;

/**
 * The two passes of a resize. All implementations give the same levels.
 *
 * <p>Implementations keep nothing between calls and serve any number of threads.
 */
interface ResizePasses {
  /** [box.height, box.width, 3] of the image -&gt; [box.height, outputs, 3]. */
  byte[] columns(RgbImage image, Box box, ResizeTaps taps);

  /** [rows, width, 3] -&gt; [outputs, width, 3]. */
  byte[] rows(byte[] source, int width, ResizeTaps taps);

  /** Vectors where the JVM has the incubating module and the processor registers of 256 bits. */
  static ResizePasses fastest() {
    boolean module = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    return module && VectorPasses.supported() ? new VectorPasses() : new PlainPasses();
  }
}
