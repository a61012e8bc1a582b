package io.spikeformer.model.kernel.fast;

import io.spikeformer.model.kernel.Drive;
import java.util.Arrays;
import java.util.List;

/** A {@link Drive}, read tile by tile. */
final class DriveTiles {
  /** Coefficients of every element of a tile; 1 and 0 where the drive has none. */
  final float[] scale;

  final float[] shift;

  private final Drive drive;
  private final Span span;

  DriveTiles(Drive drive, Span span) {
    this.drive = drive;
    this.span = span;
    float[] scales = span.repeat(drive.scale());
    this.scale = scales == null ? filled(span, 1) : scales;
    this.shift = scales == null ? filled(span, 0) : span.repeat(drive.shift());
  }

  private static float[] filled(Span span, float value) {
    float[] array = new float[Lanes.roundUp(span.tile())];
    Arrays.fill(array, value);
    return array;
  }

  Span span() {
    return span;
  }

  boolean hasResidual() {
    return drive.residual() != null;
  }

  /** A pass that loads the value, before scale, shift and residual. */
  Pass value(Chunk chunk, float[] target) {
    return chunk.open(drive.value()).load(target);
  }

  /** A pass that loads the value of each timestep into an array of its own. */
  Pass value(Chunk chunk, float[][] targets) {
    return chunk.open(drive.value()).load(targets);
  }

  /** Adds passes that turn the value in x into the drive; spare is overwritten. */
  void complete(List<Pass> passes, Chunk chunk, float[] x, float[] spare) {
    if (drive.scale() != null) {
      passes.add((block, at, length) -> Arrays32.affine(x, scale, shift, length));
    }
    if (hasResidual()) {
      passes.add(chunk.open(drive.residual()).load(spare));
      passes.add((block, at, length) -> Arrays32.add(x, spare, length));
    }
  }
}
