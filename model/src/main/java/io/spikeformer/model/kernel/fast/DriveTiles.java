package io.spikeformer.model.kernel.fast;

import io.spikeformer.model.kernel.Drive;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;

/** A {@link Drive}, formed tile by tile. */
final class DriveTiles {
  /** Slot of the scratch memory for copies of the residual. */
  static final int RESIDUAL = 15;

  /** Coefficients of every element of a tile; 1 and 0 where the drive has none. */
  final float[] scale;

  final float[] shift;

  private final Drive drive;
  private final Span span;

  DriveTiles(Drive drive, Span span) {
    this.drive = drive;
    this.span = span;
    this.scale = drive.scale() == null ? ones() : span.repeat(drive.scale());
    this.shift = drive.scale() == null ? zeros() : span.repeat(drive.shift());
  }

  /** Coefficients that change nothing. */
  float[] ones() {
    float[] array = zeros();
    Arrays.fill(array, 1);
    return array;
  }

  float[] zeros() {
    return new float[Lanes.roundUp(span.tile())];
  }

  boolean hasResidual() {
    return drive.residual() != null;
  }

  /** Whether the drive is its value, as it is. */
  boolean isValue() {
    return drive.scale() == null && !hasResidual();
  }

  /** The value's tiles of each block, before scale, shift and residual. */
  Tile[] value(Chunk chunk, IntFunction<ByteBuffer> copies) {
    return chunk.tiles(drive.value(), copies);
  }

  /** The residual's tiles of each block; there must be a residual. */
  Tile[] residual(Chunk chunk, Scratch scratch) {
    return chunk.tiles(drive.residual(), block -> scratch.buffer(RESIDUAL, span.tile()));
  }

  /** Adds the pass that forms the drive x from its value, both by block. */
  void form(List<TileLoop> passes, Chunk chunk, Tile[] value, Tile[] x, Scratch scratch) {
    if (hasResidual()) {
      Tile[] residual = residual(chunk, scratch);
      passes.add((block, at, length) -> residual[block].load(at, length));
      passes.add(
          (block, at, length) ->
              TileLoops.affine(value[block], scale, shift, residual[block], x[block], length));
    } else {
      passes.add(
          (block, at, length) -> TileLoops.affine(value[block], scale, shift, x[block], length));
    }
  }
}
