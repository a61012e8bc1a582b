package io.spikeformer.model.kernel.fast;

import java.util.function.Consumer;

/**
 * How the rows of a [rows, C] block are divided: into one range of rows per part, each range into
 * chunks that a buffer can hold, each chunk into tiles of whole rows.
 *
 * <p>Depends on rows, channels and threads alone, and so does the order of every sum.
 *
 * @param rows rows of one block
 * @param channels C
 * @param parts ranges; one thread each
 * @param tileRows rows of a tile
 */
record Span(long rows, int channels, int parts, int tileRows) {
  /** Most elements of a chunk, unless a single tile is larger: 128 MiB of float32. */
  static final int MOST = 1 << 25;

  private static final int TILE = 512;
  private static final long WORTH_A_THREAD = 16384;

  /** The operation on one chunk of a part. */
  interface ChunkWork {
    void handle(int part, Chunk chunk);
  }

  /**
   * Divides rows among threads.
   *
   * @param blocks timesteps, each with that many rows
   */
  static Span of(long rows, int channels, int blocks, int threads) {
    long work = rows * channels * blocks;
    int parts = (int) Math.max(1, Math.min(threads, work / WORTH_A_THREAD));
    return new Span(rows, channels, parts, tileRows(channels));
  }

  /** Rows of a tile of about {@link #TILE} elements, whole vectors if that is possible. */
  private static int tileRows(int channels) {
    int rows = Math.max(1, TILE / channels);
    for (int fewer = rows; 2 * fewer > rows; fewer--) {
      if (fewer * channels % Lanes.COUNT == 0) {
        return fewer;
      }
    }
    return rows;
  }

  /** Elements of a tile. */
  int tile() {
    return tileRows * channels;
  }

  /** Visits the chunks of a part of each of so many blocks, in order. */
  void forEachChunk(int part, int blocks, Consumer<Chunk> visitor) {
    long tiles = (rows + tileRows - 1) / tileRows;
    long end = Math.min(rows, tiles * (part + 1) / parts * tileRows);
    long most = Math.max(1, MOST / tile()) * tileRows;
    for (long row = tiles * part / parts * tileRows; row < end; row += most) {
      int count = (int) (Math.min(most, end - row) * channels);
      visitor.accept(new Chunk(this, blocks, row * channels, count));
    }
  }

  /** Runs the work on every chunk of every part, each part on its thread. */
  void run(Team team, int blocks, ChunkWork work) {
    team.run(parts, part -> forEachChunk(part, blocks, chunk -> work.handle(part, chunk)));
  }

  /** Per-channel coefficients for every element of a tile; null for null. */
  float[] repeat(float[] coefficients) {
    if (coefficients == null) {
      return null;
    }
    float[] repeated = new float[Lanes.roundUp(tile())];
    repeat(coefficients, repeated);
    return repeated;
  }

  /** Fills a tile with per-channel coefficients. */
  void repeat(float[] coefficients, float[] tile) {
    for (int row = 0; row < tileRows; row++) {
      System.arraycopy(coefficients, 0, tile, row * channels, channels);
    }
  }
}
