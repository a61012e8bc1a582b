package io.spikeformer.model.kernel.fast;

import io.spikeformer.model.kernel.Drive;

/** A {@link Drive}, read tile by tile. */
final class DriveTiles {
  private final Drive drive;
  private final float[] scale;
  private final float[] shift;

  DriveTiles(Drive drive, Span span) {
    this.drive = drive;
    this.scale = span.repeat(drive.scale());
    this.shift = span.repeat(drive.shift());
  }

  /** The part of a chunk. */
  Part open(int blocks, long block, long from, int count) {
    return new Part(
        Blocks.of(drive.value(), blocks, block, from, count),
        Blocks.of(drive.residual(), blocks, block, from, count));
  }

  /** The drive of one chunk. */
  final class Part {
    private final Blocks value;
    private final Blocks residual;

    private Part(Blocks value, Blocks residual) {
      this.value = value;
      this.residual = residual;
    }

    /** Loads the value, before scale, shift and residual. */
    void value(int block, int offset, float[] target, int length) {
      value.load(block, offset, target, length);
    }

    /** Turns a loaded value into the drive; spare is overwritten. */
    void complete(int block, int offset, float[] x, float[] spare, int length) {
      if (scale != null) {
        Arrays32.affine(x, scale, shift, length);
      }
      if (residual != null) {
        residual.load(block, offset, spare, length);
        Arrays32.add(x, spare, length);
      }
    }

    /** Loads the drive; spare is overwritten. */
    void load(int block, int offset, float[] x, float[] spare, int length) {
      value(block, offset, x, length);
      complete(block, offset, x, spare, length);
    }
  }
}
